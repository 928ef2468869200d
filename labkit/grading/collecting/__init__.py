"""From a platform's download of an assignment to submitted/STUDENT/LAB/."""

import io

import pytest
import torch
from PIL import Image

from labkit import show
from labkit.image_files import tile


def test_grey_values_are_drawn_from_minus_one_to_one_and_never_stretched():
    images = torch.zeros(2, 1, 8, 8)
    images[1] = 0.5
    canvas = tile(images, columns=2)
    assert set(canvas[:, :8].ravel()) == {128}
    assert set(canvas[:, 8:].ravel()) == {191}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_written_grid_reads_back_exactly(tmp_path, channels):
    images = torch.randint(0, 256, (64, channels, 28, 28), dtype=torch.uint8)
    show.save_png(images, tmp_path / "grid.png")
    assert torch.equal(show.read_png(tmp_path / "grid.png", images.shape[1:]), images)


def test_every_picture_carries_its_alternative_text_escaped():
    picture = show.grid(torch.zeros(3, 1, 8, 8), alt='three "black" <squares>')
    html = picture._repr_html_()
    assert 'alt="three &quot;black&quot; &lt;squares&gt;"' in html
    assert "http" not in html
    assert show.grid(torch.zeros(3, 1, 8, 8)).alt


def test_curves_say_in_words_what_they_show():
    history = {"critic_loss": [0.69] * 50, "generator_loss": [1.5] * 50}
    picture = show.losses(history)
    assert "0.69" in picture.alt
    assert "1.50" in picture.alt
    Image.open(io.BytesIO(picture.data)).verify()
    scores = show.scores({"d_real": [0.6] * 30, "d_fake": [0.3] * 30})
    assert "0.60" in scores.alt


def test_film_has_a_frame_for_each_picture_and_stays_on_the_last():
    frames = [torch.full((4, 1, 8, 8), 40 * k, dtype=torch.uint8) for k in range(3)]
    film = Image.open(io.BytesIO(show.film(frames).data))
    assert film.n_frames == 3
    film.seek(2)
    assert film.info["duration"] > 1000


@pytest.mark.parametrize("shape", [(1, 8, 8), (2, 2, 8, 8), (0, 1, 8, 8)])
def test_what_is_not_a_batch_of_images_is_refused(shape):
    with pytest.raises(ValueError, match="expected images"):
        show.grid(torch.zeros(shape))

import hashlib
import tomllib

from alumnistats.paper import read_results
from alumnistats.paper.provenance import source_sha256


def tree(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return source_sha256(folder)


def test_the_digest_is_that_of_names_and_contents_in_order(tmp_path):
    found = tree(tmp_path, {"b.py": b"x = 1\n", "a/c.toml": b"", "a/t.html.j2": b"{{ x }}"})
    parts = b"a/c.toml\x000\x00" + b"a/t.html.j2\x007\x00{{ x }}" + b"b.py\x006\x00x = 1\n"
    assert found == hashlib.sha256(parts).hexdigest()


def test_the_digest_changes_with_names_and_contents_only(tmp_path):
    first = tree(tmp_path / "1", {"a.py": b"x\n", "b.py": b"y\n"})
    assert tree(tmp_path / "2", {"b.py": b"y\r\n", "a.py": b"x\r\n", "notes.txt": b"z"}) == first
    assert tree(tmp_path / "3", {"a.py": b"x\n", "c.py": b"y\n"}) != first
    assert tree(tmp_path / "4", {"a.py": b"x\ny\n", "b.py": b""}) != first


def test_recorded_are_survey_source_tables_seed_and_versions(paper_folder, inputs):
    recorded = read_results(paper_folder)["provenance"]
    assert recorded["survey_sha256"] == inputs.survey.sha256
    assert len(recorded["source_sha256"]) == 64
    assert (recorded["seed"], recorded["draws"]) == (0, 800)
    assert recorded["versions"].keys() >= {"alumnistats", "python", "numpy", "scipy"}
    for name, digest in recorded["tables_sha256"].items():
        content = (inputs.tables / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, f"{name}: run `alumnistats paper`"


def test_the_survey_file_is_the_one_hashed(inputs):
    from importlib import resources

    path = resources.files("alumnistats") / "surveys" / "hackazouk_2025.toml"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == inputs.survey.sha256
    assert tomllib.loads(path.read_text(encoding="utf-8"))["total"] == inputs.survey.total

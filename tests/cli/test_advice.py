"""What boot says of rules that it can't follow: HT12."""

from bff.cli import main
from tests.contract.validated import compiled

PROTO = """
message Ask { string name = 1 [(buf.validate.field).cel = {id: "x", expression: "this != 'y'"}]; }
message Idle { string name = 1 [(buf.validate.field).cel = {id: "x", expression: "true"}]; }
service Asks {
  rpc Get(Ask) returns (Idle) { option (google.api.http) = { get: "/v1/ask" }; }
}
"""


def test_ht12_check_names_the_fields_whose_cel_is_left_to_the_service(tmp_path, capsys):
    """Only what clients send: a reply's rules are its service's own business."""
    (tmp_path / "made.binpb").write_bytes(compiled(PROTO))
    asked = ["check", "--descriptors", str(tmp_path / "made.binpb"), "--service", "*=127.0.0.1:1"]
    assert 0 == main([*asked, "--auth", "none"])
    said = [line for line in capsys.readouterr().err.splitlines() if "buf.validate" in line]
    assert [
        (
            "note: ruled.v1.Ask.name: cel of buf.validate is left to the service,"
            " no request is held to it here"
        ),
    ] == said

"""Small protos that hold the traps of code generation. Used by this folder's tests alone."""

from collections.abc import Mapping
from pathlib import Path

BASICS = """\
syntax = "proto3";
package codegensample.basics.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";

// How urgent.
enum Urgency { URGENCY_UNSPECIFIED = 0; URGENCY_HIGH = 1; }

message Note {
  enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
  message Line { string text = 1; }
  string id = 1;
  State state = 2;
  repeated Line lines = 3;
  map<string, Line> named = 4;
  map<int32, Urgency> urgencies = 5;
  oneof body { string text = 6; bytes data = 7; }
  optional int64 size = 8;
  google.protobuf.Timestamp create_time = 9;
  google.protobuf.Duration kept_for = 10;
  int32 bytes = 11;
  string str = 12;
}
"""

NOTES = """\
syntax = "proto3";
package codegensample.notes.v1;
import "codegensample/basics/v1/basics.proto";
import "google/api/field_behavior.proto";
import "google/api/httpbody.proto";
import "google/protobuf/empty.proto";

// Keeps notes. Says "hello \\ world".
service NoteService {
  // Returns one note.
  //
  // Fails with NOT_FOUND when there is none.
  rpc GetNote(GetNoteRequest) returns (codegensample.basics.v1.Note) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
  rpc ListNotes(ListNotesRequest) returns (ListNotesResponse);
  // Old.
  rpc Ping(google.protobuf.Empty) returns (google.protobuf.Empty) { option deprecated = true; }
  rpc WatchNotes(ListNotesRequest) returns (stream codegensample.basics.v1.Note);
  rpc ImportNotes(stream codegensample.basics.v1.Note) returns (ListNotesResponse);
  rpc Chat(stream GetNoteRequest) returns (stream codegensample.basics.v1.Note);
  rpc Import(KeywordsRequest) returns (google.api.HttpBody);
}

// The second service of this file, with an rpc of the same name.
service ArchiveService {
  rpc GetNote(GetNoteRequest) returns (codegensample.basics.v1.Note);
}

message GetNoteRequest {
  // Which note.
  string note_id = 1 [(google.api.field_behavior) = REQUIRED];
  codegensample.basics.v1.Note.State state = 2;
}

message ListNotesRequest {
  repeated string tags = 1;
  map<string, codegensample.basics.v1.Note> by_name = 2;
  repeated codegensample.basics.v1.Urgency urgencies = 3;
  int32 page_size = 4;
  codegensample.basics.v1.Note like = 5;
}

message ListNotesResponse { repeated codegensample.basics.v1.Note notes = 1; }

message KeywordsRequest {
  string from = 1;
  int32 class = 2;
  string self = 3;
  string basics_pb2 = 4;
  string requests = 5;
}
"""

EDITION = """\
edition = "2023";
package codegensample.edition.v1;

message Thing {
  string id = 1 [features.field_presence = LEGACY_REQUIRED];
  string name = 2;
}
service ThingService { rpc PutThing(Thing) returns (Thing); }
"""

PROTO2 = """\
syntax = "proto2";
package codegensample.old.v1;
import public "codegensample/edition/v1/edition.proto";

message Old {
  required string id = 1;
  optional int32 count = 2 [default = 3];
  extensions 100 to 200;
}
extend Old { optional string note = 100; }
service OldService { rpc PutOld(Old) returns (codegensample.edition.v1.Thing); }
"""

TOP = """\
syntax = "proto3";
import "codegensample/old/v1/old-things.proto";
import "codegensample/basics/v1/basics.proto";
import "codegensample/basics/v2/basics.proto";
message CodegenSampleTop { codegensample.old.v1.Old old = 1; }

// Its client would have the name of the class that it stands on.
service Service {
  // Was:
  //   - "one"
  //- a line that is so long that it can not stay on one line of a hundred columns, try as it may
  //
  // "two"
  rpc Upgrade(codegensample.basics.v1.Note) returns (codegensample.basics.v2.Note);
  rpc Int(CodegenSampleTop) returns (codegensample.basics.v1.Note);
}
"""

TWIN = """\
syntax = "proto3";
package codegensample.basics.v2;
message Note { string id = 1; }
service NothingYet {}
"""

PROTOS: Mapping[str, str] = {
    "codegensample/basics/v1/basics.proto": BASICS,
    "codegensample/notes/v1/notes.proto": NOTES,
    "codegensample/basics/v2/basics.proto": TWIN,
    "codegensample/edition/v1/edition.proto": EDITION,
    "codegensample/old/v1/old-things.proto": PROTO2,
    "codegensample_top.proto": TOP,
}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files under the folder; returns the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder but Python's cache, by relative path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files
        if "__pycache__" not in path.parts
    }

-- Who held which address or ports, sessions of RADIUS accounting, and how far followed files were read. A holding is gone
-- when it is older than the retention.
CREATE TABLE holding (
  serial INTEGER PRIMARY KEY, network BLOB NOT NULL, length INTEGER NOT NULL, source INTEGER NOT NULL, port_from INTEGER NOT NULL, port_to INTEGER NOT NULL,
  begin_ms INTEGER NOT NULL, sure_ms INTEGER NOT NULL, heard_ms INTEGER NOT NULL, promise_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
  stopped INTEGER NOT NULL, line TEXT, inside BLOB, protocol INTEGER NOT NULL);
CREATE TABLE session (
  key BLOB PRIMARY KEY, nas BLOB NOT NULL, line TEXT NOT NULL, start_ms INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  stop_ms INTEGER NOT NULL, rhythm_ms INTEGER NOT NULL, digest INTEGER NOT NULL, holdings BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE session_identification (key BLOB PRIMARY KEY, closed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE restart (nas BLOB NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (nas, at_ms)) WITHOUT ROWID;
CREATE TABLE place (source TEXT PRIMARY KEY, inode INTEGER NOT NULL, octets INTEGER NOT NULL) WITHOUT ROWID;

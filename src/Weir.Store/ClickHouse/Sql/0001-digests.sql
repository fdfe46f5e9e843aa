-- What subjects exchanged with endpoints, by hour; and their contacts with listed endpoints.
-- Addresses and subjects are 16 octets in network order (IPv4 in its mapped form); first and last are milliseconds,
-- hour is seconds, since the UNIX epoch, UTC. A row names the segment that brought it, so that none is loaded twice.
-- The dialect is ClickHouse 18.16's: no TTL (retention drops partitions), no codec, no IPv6 type.

CREATE TABLE IF NOT EXISTS pairs
(
    hour DateTime('UTC'),
    subject FixedString(16),
    remote FixedString(16),
    port UInt16,
    protocol UInt8,
    role UInt8,
    access UInt8,
    two_way UInt8,
    flows UInt64,
    packets_out UInt64,
    packets_in UInt64,
    octets_out UInt64,
    octets_in UInt64,
    first Int64,
    last Int64,
    segment UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(hour)
ORDER BY (subject, remote, port, protocol, hour);

CREATE TABLE IF NOT EXISTS sightings
(
    day Date,
    subject FixedString(16),
    remote FixedString(16),
    port UInt16,
    protocol UInt8,
    list String,
    role UInt8,
    kind UInt8,
    confidence UInt8,
    first Int64,
    last Int64,
    contacts UInt32,
    segment UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(day)
ORDER BY (subject, remote, port, protocol, first);

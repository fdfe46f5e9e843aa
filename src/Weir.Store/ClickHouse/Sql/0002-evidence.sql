-- Flows inside open scopes: what people may read, and only through a scope's filter. No subject stands here; whose scope it
-- is, the case knows. Addresses are 16 octets in network order (IPv4 in its mapped form); start and end are milliseconds since
-- the UNIX epoch, UTC; basis is a digest of what the collector verified the row's scope for, and tells of no subject. A partition is a week counted from the epoch. What is erased leaves the disk within seconds: the
-- engine's custom of keeping a replaced part for eight minutes would outlive the erasure.
-- The dialect is ClickHouse 18.16's.

CREATE TABLE IF NOT EXISTS evidence
(
    scope UInt64,
    start Int64,
    end Int64,
    remote FixedString(16),
    port UInt16,
    protocol UInt8,
    packets_out UInt64,
    packets_in UInt64,
    octets_out UInt64,
    octets_in UInt64,
    flags_out UInt8,
    flags_in UInt8,
    sampling UInt32,
    basis UInt64,
    segment UInt64
)
ENGINE = MergeTree
PARTITION BY intDiv(start, 604800000)
ORDER BY (scope, start)
SETTINGS index_granularity = 8192, old_parts_lifetime = 1;

// SPDX-License-Identifier: Apache-2.0
//
// A MaxMind DB file (format 2.0), read by MaxMind's own reader. Keys of the publishers that are in use: MaxMind and
// DB-IP (autonomous_system_number, autonomous_system_organization, country.iso_code), IPinfo (asn, as_name or name,
// country or country_code).
using MaxMind.Db;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Desk.Enrichment;

/// <summary>A database in memory.</summary>
internal sealed class OwnerDatabase : IOwnerFile
{
    private static readonly Dictionary<uint, NetworkOwner> NoSystems = [];
    private readonly string _path;
    private readonly Reader _reader;

    private OwnerDatabase(string path, Reader reader) => (_path, _reader) = (path, reader);

    public string Kind => _reader.Metadata.DatabaseType;

    public long? Entries => null;

    public (int Lines, string First) Refused => (0, "");

    public IReadOnlyDictionary<uint, NetworkOwner> Systems => NoSystems;

    /// <param name="path">Named where it is damaged.</param>
    /// <param name="octets">The whole of it.</param>
    /// <exception cref="EnrichmentException">It is no such database, or a damaged one.</exception>
    public static OwnerDatabase Read(string path, Stream octets)
    {
        try
        {
            return new OwnerDatabase(path, new Reader(octets));
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw Damaged(path, fault);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="EnrichmentException">The database is damaged there.</exception>
    public NetworkOwner Find(IpKey address)
    {
        try
        {
            return _reader.Metadata.IPVersion == 4 && !address.IsV4 ? NetworkOwner.Unknown
                : _reader.Find<Dictionary<string, object>>(address.ToIPAddress()) is { } row ? Owner(row)
                : NetworkOwner.Unknown;
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw Damaged(_path, fault);
        }
    }

    private static NetworkOwner Owner(Dictionary<string, object> row) => new(
        Number(row), OwnerTable.Text(Word(row, "autonomous_system_organization", "as_name", "name")),
        OwnerTable.CountryOf(
            row.GetValueOrDefault("country") is Dictionary<string, object> country ? Word(country, "iso_code")
            : Word(row, "country_code", "country")));

    private static uint Number(Dictionary<string, object> row) =>
        row.GetValueOrDefault("autonomous_system_number") switch
        {
            long number when number is > 0 and <= uint.MaxValue => (uint)number,
            int number when number > 0 => (uint)number,
            uint number => number,
            _ => OwnerTable.Asn(Word(row, "asn")) ?? 0,
        };

    private static string Word(Dictionary<string, object> row, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (row.GetValueOrDefault(key) is string { Length: > 0 } word)
            {
                return word;
            }
        }

        return "";
    }

    /// <summary>What the reader throws of octets that are none of its format.</summary>
    private static bool IsDamage(Exception fault) => fault is InvalidDatabaseException or DeserializationException
        or ArgumentException or ArithmeticException or IndexOutOfRangeException or InvalidCastException
        or InvalidOperationException or KeyNotFoundException or FormatException or NotSupportedException;

    private static EnrichmentException Damaged(string path, Exception fault) =>
        new($"{path} is a damaged MaxMind database ({fault.Message}); fetch it again", fault);
}

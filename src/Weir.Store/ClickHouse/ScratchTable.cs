// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>A table in the engine's memory for the length of one question: what is asked about is uploaded, never
/// written to disk, and dropped after.</summary>
internal sealed class ScratchTable : IAsyncDisposable
{
    private const int RowsPerBlock = 1_000_000;

    private readonly ClickHouseHttp _client;

    private ScratchTable(ClickHouseHttp client) => _client = client;

    /// <summary>Name, unlike any other; plain enough to stand in a statement.</summary>
    public string Name { get; } = $"scratch_{Guid.NewGuid():n}";

    public static Task<ScratchTable> OfSubjectsAsync(
        ClickHouseHttp client, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel) =>
            MakeAsync(client, "subject FixedString(16)", "subject", subjects.Count, (writer, from, count) =>
            {
                writer.Begin(1, count);
                writer.Keys("subject"u8, Slice(subjects, from, count, s => s.Pseudonym));
            }, cancel);

    public static Task<ScratchTable> OfNumberedAsync(
        ClickHouseHttp client, IReadOnlyList<(SubjectKey Subject, ushort Number)> rows, CancellationToken cancel) =>
            MakeAsync(
                client, "subject FixedString(16), number UInt16", "subject, number", rows.Count,
                (writer, from, count) =>
                {
                    writer.Begin(2, count);
                    writer.Keys("subject"u8, Slice(rows, from, count, r => r.Subject.Pseudonym));
                    writer.Numbers<ushort>("number"u8, "UInt16"u8, Slice(rows, from, count, r => r.Number));
                }, cancel);

    public static Task<ScratchTable> OfEndpointsAsync(
        ClickHouseHttp client, IReadOnlyList<Endpoint> endpoints, CancellationToken cancel) =>
            MakeAsync(
                client, "remote FixedString(16), port UInt16, protocol UInt8", "remote, port, protocol",
                endpoints.Count, (writer, from, count) =>
                {
                    writer.Begin(3, count);
                    writer.Keys("remote"u8, Slice(endpoints, from, count, e => e.Address.Bits));
                    writer.Numbers<ushort>("port"u8, "UInt16"u8, Slice(endpoints, from, count, e => e.Port));
                    writer.Numbers<byte>("protocol"u8, "UInt8"u8, Slice(endpoints, from, count, e => e.Protocol));
                }, cancel);

    /// <summary>Prefixes cut so that each ends at an octet, since the oldest dialect can compare leading octets and
    /// cannot mask bits.</summary>
    public static Task<ScratchTable> OfPrefixesAsync(
        ClickHouseHttp client, IReadOnlyList<Prefix> wholeOctets, CancellationToken cancel) =>
            MakeAsync(
                client, "octets UInt8, network FixedString(16)", "octets, network", wholeOctets.Count,
                (writer, from, count) =>
                {
                    writer.Begin(2, count);
                    writer.Numbers<byte>(
                        "octets"u8, "UInt8"u8, Slice(wholeOctets, from, count, p => (byte)(p.Length / 8)));
                    writer.Keys("network"u8, Slice(wholeOctets, from, count, p => p.Network.Bits));
                }, cancel);

    /// <summary>The same addresses as prefixes that end at an octet: at most 256 for each given.</summary>
    public static List<Prefix> ToWholeOctets(IEnumerable<Prefix> prefixes)
    {
        var whole = new List<Prefix>();
        foreach (var prefix in prefixes)
        {
            var length = Math.Max(8, (prefix.Length + 7) / 8 * 8);
            for (var part = 0; part < 1 << (length - prefix.Length); part++)
            {
                whole.Add(new(new IpKey(prefix.Network.Bits | ((UInt128)(uint)part << (128 - length))), length));
            }
        }

        return whole;
    }

    public async ValueTask DisposeAsync() =>
        await _client.ExecuteAsync($"DROP TABLE IF EXISTS {Name}", CancellationToken.None);

    private static async Task<ScratchTable> MakeAsync(
        ClickHouseHttp client, string schema, string columns, int rows, Action<NativeWriter, int, int> write,
        CancellationToken cancel)
    {
        var table = new ScratchTable(client);
        await client.ExecuteAsync($"CREATE TABLE {table.Name} ({schema}) ENGINE = Memory", cancel);
        try
        {
            var writer = new NativeWriter();
            for (var from = 0; from < rows; from += RowsPerBlock)
            {
                writer.Clear();
                write(writer, from, Math.Min(RowsPerBlock, rows - from));
                using var native = new MemoryStream(writer.Written.ToArray(), writable: false);
                await client.InsertAsync(table.Name, columns, native, cancel);
            }

            return table;
        }
        catch
        {
            await table.DisposeAsync();
            throw;
        }
    }

    private static T[] Slice<TRow, T>(IReadOnlyList<TRow> rows, int from, int count, Func<TRow, T> value)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = value(rows[from + i]);
        }

        return values;
    }
}

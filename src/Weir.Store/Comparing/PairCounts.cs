// SPDX-License-Identifier: Apache-2.0
//
// The comparison's questions as SQL over the pair digests. Subjects, labels and endpoints asked about are uploaded to
// scratch tables; the engine counts distinct subjects; only keys that the cases touched come back, and one row of
// activity a subject. The dialect is ClickHouse 18.16's: ALL INNER JOIN, no window functions, prefixes compared by
// leading octets. A SELECT that reads pairs may be run by each of several shards to its end, and what it gives is
// concatenated: a subject is on one shard, so groups by subject are whole, and any others are added up around it. What
// is asked about goes to the shards (GLOBAL), and one machine takes the same text.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Comparing;

/// <summary>Counts over the table <c>pairs</c> of a flow store.</summary>
/// <param name="client">Store.</param>
/// <param name="lines">What the rows' codes of lines stand for; null = the access types themselves.</param>
public sealed class PairCounts(ClickHouseHttp client, SubscriberLineKinds? lines = null) : IPairCounts
{
    private readonly SubscriberLineKinds _lines = lines ?? SubscriberLineKinds.None;

    public async Task<WindowTotals> TotalsAsync(PairWindow window, CancellationToken cancel)
    {
        var sql = $"""
            SELECT toUInt64(sum(subjects)) AS n, toUInt64(sum(p)) AS packets, toUInt64(sum(o)) AS octets FROM
            (
                SELECT
                    uniqExact(subject) AS subjects, sum(packets_out + packets_in) AS p, sum(octets_out + octets_in) AS o
                FROM pairs WHERE {In(window with { TwoWayOnly = false })}
            )
            """;
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            if (block.Rows > 0)
            {
                return new(
                    (long)block["n"].Values<ulong>()[0], (long)block["packets"].Values<ulong>()[0],
                    (long)block["octets"].Values<ulong>()[0]);
            }
        }

        throw new StoreException(0, "the store answered a question for sums with no row", retryable: false);
    }

    public async Task<IReadOnlyList<SubjectActivity>> ActivityAsync(PairWindow window, CancellationToken cancel)
    {
        var sql = "SELECT subject, toUInt32(uniqExact(remote, port, protocol)) AS n, max(access) AS line FROM pairs "
            + $"WHERE {In(window)} GROUP BY subject";
        var activity = new List<SubjectActivity>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                activity.Add(new(
                    new(block[0].Key(i)), (int)block[1].Values<uint>()[i],
                    _lines.AccessOf(block[2].Values<byte>()[i])));
            }
        }

        return activity;
    }

    public async Task<IReadOnlyDictionary<SubjectKey, int>> OrdinaryActivityAsync(
        PairWindow window, int usedBy, CancellationToken cancel)
    {
        var sql = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT subject, toUInt32(uniqExact(remote, port, protocol)) AS n FROM pairs
            WHERE {In(window)} AND (remote, port, protocol) GLOBAL IN
            (
                SELECT remote, port, protocol FROM
                (
                    SELECT remote, port, protocol, uniqExact(subject) AS subjects FROM pairs WHERE {In(window)}
                    GROUP BY remote, port, protocol{Sifted("subjects", usedBy)}
                )
                GROUP BY remote, port, protocol HAVING sum(subjects) >= {usedBy}
            )
            GROUP BY subject
            """);
        var activity = new Dictionary<SubjectKey, int>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                activity[new(block[0].Key(i))] = (int)block[1].Values<uint>()[i];
            }
        }

        return activity;
    }

    public async Task<IReadOnlyDictionary<SubjectKey, long>> FirstSeenAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel)
    {
        await using var asked = await ScratchTable.OfSubjectsAsync(client, subjects, cancel);
        var sql = $"SELECT subject, min(first) AS seen FROM pairs WHERE {In(window)} AND subject GLOBAL IN (SELECT "
            + $"subject FROM {asked.Name}) GROUP BY subject";
        var seen = new Dictionary<SubjectKey, long>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                seen[new(block[0].Key(i))] = block[1].Values<long>()[i];
            }
        }

        return seen;
    }

    public async Task<long> FamilySizeAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, int minimum, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, null, cancel);
        // Only whether a key reaches the minimum matters, so counting stops above it.
        await using var asked = await ScratchTable.OfSubjectsAsync(client, [.. cohort.Select(p => p.Subject)], cancel);
        return (long)await client.ScalarAsync<ulong>($"""
            SELECT toUInt64(count()) FROM
            (
                SELECT {filter.Names} FROM
                (
                    SELECT {filter.Keys}, uniqUpTo({minimum})(subject) AS n FROM pairs
                    WHERE {In(family.Window)} AND {filter.Where}
                        AND subject GLOBAL IN (SELECT subject FROM {asked.Name})
                    GROUP BY {filter.Names}{Sifted("n", minimum)}
                )
                GROUP BY {filter.Names} HAVING sum(n) >= {minimum}
            )
            """, cancel);
    }

    public async Task<IReadOnlyList<LabelCount>> LabelCountsAsync(
        FamilyQuery family, IReadOnlyList<Label> labels, int minimum, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, null, cancel);
        await using var numbered = await ScratchTable.OfNumberedAsync(
            client, [.. labels.Select(l => (l.Subject, l.Permutation))], cancel);
        var sql = $"{ByNumber(family, filter, numbered)} HAVING n >= {minimum}";
        var counts = new List<LabelCount>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                counts.Add(new(
                    block["number"].Values<ushort>()[i], filter.KeyOf(block, i), (int)block["n"].Values<uint>()[i]));
            }
        }

        return counts;
    }

    public async Task<IReadOnlyList<StratumCount>> StratumCountsAsync(
        FamilyQuery family, IReadOnlyList<StratumAssignment> cohort, IReadOnlyList<Endpoint> keys,
        CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, keys, cancel);
        await using var numbered = await ScratchTable.OfNumberedAsync(
            client, [.. cohort.Select(p => (p.Subject, p.Stratum))], cancel);
        var counts = new List<StratumCount>();
        await foreach (var block in client.QueryAsync(ByNumber(family, filter, numbered), cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                counts.Add(new(
                    filter.KeyOf(block, i), block["number"].Values<ushort>()[i], (int)block["n"].Values<uint>()[i]));
            }
        }

        return counts;
    }

    public async Task<IReadOnlyList<OthersCount>> OthersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> leftOut, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, keys, cancel);
        await using var left = await ScratchTable.OfSubjectsAsync(client, leftOut, cancel);
        var sql = $"""
            SELECT {filter.Names}, toUInt32(sum(subjects)) AS n FROM
            (
                SELECT {filter.Keys}, uniqExact(subject) AS subjects FROM pairs
                WHERE {In(family.Window)} AND {filter.Where} AND subject GLOBAL NOT IN (SELECT subject FROM {left.Name})
                GROUP BY {filter.Names}
            )
            GROUP BY {filter.Names}
            """;
        var counts = new List<OthersCount>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                counts.Add(new(filter.KeyOf(block, i), (int)block["n"].Values<uint>()[i]));
            }
        }

        return counts;
    }

    public async Task<IReadOnlyList<PairContact>> ContactsAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, keys, cancel);
        await using var asked = await ScratchTable.OfSubjectsAsync(client, subjects, cancel);
        var sql = $"""
            SELECT subject, {filter.Keys}, min(first) AS earliest, max(last) AS latest FROM pairs
            WHERE {In(family.Window)} AND {filter.Where} AND subject GLOBAL IN (SELECT subject FROM {asked.Name})
            GROUP BY subject, {filter.Names}
            """;
        var contacts = new List<PairContact>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                contacts.Add(new(
                    new(block["subject"].Key(i)), filter.KeyOf(block, i), block["earliest"].Values<long>()[i],
                    block["latest"].Values<long>()[i]));
            }
        }

        return contacts;
    }

    public async Task<IReadOnlyList<PeerUse>> PeersAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> cohort, int most, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, null, cancel);
        await using var asked = await ScratchTable.OfSubjectsAsync(client, cohort, cancel);
        var where = string.Create(
            CultureInfo.InvariantCulture,
            $"{In(family.Window)} AND {filter.Where} AND port >= {PeerUse.FirstPort} ")
            + $"AND subject GLOBAL IN (SELECT subject FROM {asked.Name})";
        var sql = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT DISTINCT subject, {filter.Keys} FROM pairs
            WHERE {where} AND (remote, port, protocol) GLOBAL IN
            (
                SELECT {filter.Names} FROM
                (
                    SELECT {filter.Keys}, uniqUpTo({most})(subject) AS n FROM pairs WHERE {where}
                    GROUP BY {filter.Names}{Sifted("n", 2)}
                )
                GROUP BY {filter.Names} HAVING sum(n) >= 2 AND sum(n) <= {most}
            )
            """);
        var uses = new List<PeerUse>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                uses.Add(new(new(block["subject"].Key(i)), filter.KeyOf(block, i)));
            }
        }

        return uses;
    }

    public async Task<IReadOnlyList<PairHour>> HoursAsync(
        FamilyQuery family, IReadOnlyList<SubjectKey> subjects, IReadOnlyList<Endpoint> keys, CancellationToken cancel)
    {
        await using var filter = await FamilyFilter.MakeAsync(client, family, keys, cancel);
        await using var asked = await ScratchTable.OfSubjectsAsync(client, subjects, cancel);
        var sql = $"""
            SELECT subject, {filter.Keys}, first, last, flows, octets_out + octets_in AS octets FROM pairs
            WHERE {In(family.Window)} AND {filter.Where} AND subject GLOBAL IN (SELECT subject FROM {asked.Name})
            """;
        var hours = new List<PairHour>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                hours.Add(new(
                    new(block["subject"].Key(i)), filter.KeyOf(block, i), block["first"].Values<long>()[i],
                    block["last"].Values<long>()[i], PairVolume.Flows(block["flows"].Values<ulong>()[i]),
                    PairVolume.Of(block["octets"].Values<ulong>()[i])));
            }
        }

        return hours;
    }

    public async Task<IReadOnlyList<ActiveHour>> ActiveHoursAsync(
        PairWindow window, IReadOnlyList<SubjectKey> subjects, CancellationToken cancel)
    {
        await using var asked = await ScratchTable.OfSubjectsAsync(client, subjects, cancel);
        var sql = $"SELECT DISTINCT subject, toInt64(intDiv(first, 3600000)) AS at FROM pairs WHERE {In(window)} AND "
            + $"subject GLOBAL IN (SELECT subject FROM {asked.Name})";
        var hours = new List<ActiveHour>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                hours.Add(new(new(block["subject"].Key(i)), block["at"].Values<long>()[i]));
            }
        }

        return hours;
    }

    public async Task<IReadOnlyList<ServiceCount>> ServicesAsync(PairWindow window, CancellationToken cancel)
    {
        var sql = "SELECT port, protocol, toUInt64(sum(met)) AS n FROM (SELECT port, protocol, count() AS met FROM "
            + $"pairs WHERE {In(window)} GROUP BY port, protocol) GROUP BY port, protocol";
        var services = new List<ServiceCount>();
        await foreach (var block in client.QueryAsync(sql, cancel))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                services.Add(new(
                    block["port"].Values<ushort>()[i], block["protocol"].Values<byte>()[i],
                    (long)block["n"].Values<ulong>()[i]));
            }
        }

        return services;
    }

    /// <summary>Distinct subjects of each number (permutation or stratum) by key. Pairs are made distinct before the
    /// join, so that a subject counts once.</summary>
    private static string ByNumber(FamilyQuery family, FamilyFilter filter, ScratchTable numbered) => $"""
        SELECT number, {filter.Names}, toUInt32(count()) AS n FROM
        (
            SELECT DISTINCT subject, {filter.Keys} FROM pairs
            WHERE {In(family.Window)} AND {filter.Where} AND subject GLOBAL IN (SELECT subject FROM {numbered.Name})
        ) AS met
        ALL INNER JOIN (SELECT subject, number FROM {numbered.Name}) AS numbered USING (subject)
        GROUP BY number, {filter.Names}
        """;

    /// <summary>One machine sifts at once what many can only sift when theirs is added up.</summary>
    private string Sifted(string count, int least) => client.Address.Behind.Count > 0 ? "" : string.Create(
        CultureInfo.InvariantCulture, $" HAVING {count} >= {least}");

    /// <summary>Hours that overlap the window.</summary>
    private static string In(PairWindow window) => string.Create(
        CultureInfo.InvariantCulture,
        $"hour > toDateTime({window.AfterSeconds}) AND hour < toDateTime({window.BeforeSeconds})"
            + $"{(window.TwoWayOnly ? " AND two_way = 1" : "")}");
}

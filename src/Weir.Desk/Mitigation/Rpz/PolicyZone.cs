// SPDX-License-Identifier: Apache-2.0
//
// A response policy zone: names and answers that a resolver is to treat otherwise. A name stands twice, for itself and
// for all below it; an address stands backwards, led by its prefix length, "zz" for the longest run of zeros in IPv6.
// What to do is the target of a CNAME: the root = no such name, rpz-passthru = as ever, else that name instead.
//
// Standards: draft-vixie-dnsop-dns-rpz-00 §3 (actions), §4 (triggers); RFC 1035 §5 (the file); RFC 1982 (the serial).
using System.Globalization;
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>The zone of a set of leases: pure functions.</summary>
public static class PolicyZone
{
    /// <summary>Owner of the record that stands for the zone's own: it is there before any other.</summary>
    public const string Apex = "@";

    private const string SerialMark = " ; serial";
    private const string Cname = "CNAME";

    /// <summary>What the zone should hold: its apex, what is exempt, and the leases that are names or answers. Where
    /// two name the same owner what is exempt stands, then the stricter.</summary>
    /// <exception cref="MitigationBackendException">A lease sends to the walled garden and there is none.</exception>
    public static IReadOnlyList<ZoneRecord> Plan(IEnumerable<Lease> leases, RpzOptions options) =>
    [
        new(Apex, TtlOf(options)),
        .. Passed(options.Exempt).Select(target => (Target: target, Lease: (LeaseId?)null))
            .Concat(leases.Where(lease => !lease.Target.IsRoute)
                .Select(lease => (lease.Target, Lease: (LeaseId?)lease.Id)))
            .SelectMany(one => Owners(one.Target).Select(owner => (Owner: owner, one.Target.Action, one.Lease)))
            .GroupBy(one => one.Owner, StringComparer.Ordinal)
            .Select(same => new ZoneRecord(
                same.Key, TargetOf(same.MinBy(one => (one.Lease is not null, Leniency(one.Action))).Action, options))
            {
                Leases = [.. same.Select(one => one.Lease).OfType<LeaseId>()],
            }),
    ];

    /// <summary>The zone's text, ordered, so that the same records give the same text.</summary>
    public static string Write(IEnumerable<ZoneRecord> records, uint serial, RpzOptions options)
    {
        var text = new StringBuilder(Head(serial, TtlOf(options)));
        foreach (var record in records.Where(record => record.Owner != Apex)
            .OrderBy(record => record.Owner, StringComparer.Ordinal))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{record.Owner} {Cname} {record.Target}\n");
        }

        return text.ToString();
    }

    /// <summary>The records that a zone's text holds; none where it is not whole and as <see cref="Write"/> writes
    /// it.</summary>
    public static IReadOnlyList<ZoneRecord> Read(string text, RpzOptions options)
    {
        var head = Head(SerialOf(text), TtlOf(options));
        if (!text.StartsWith(head, StringComparison.Ordinal) || !text.EndsWith('\n'))
        {
            return [];
        }

        List<ZoneRecord> records = [new(Apex, TtlOf(options))];
        foreach (var line in text[head.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is not [var owner, Cname, var target])
            {
                return [];
            }

            records.Add(new(owner, target));
        }

        return records;
    }

    /// <summary>The serial of a zone's text; 0 where it has none.</summary>
    public static uint SerialOf(string zone)
    {
        var line = zone.Split('\n').FirstOrDefault(l => l.EndsWith(SerialMark, StringComparison.Ordinal));
        return line is not null && uint.TryParse(
            line[..^SerialMark.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
            ? serial
            : 0;
    }

    /// <summary>The serial after another: the time in seconds where that is later, else one more (RFC
    /// 1982), never 0.</summary>
    public static uint NextSerial(uint last, DateTimeOffset now)
    {
        var clock = (uint)now.ToUnixTimeSeconds();
        return unchecked((int)(clock - last)) > 0 || last == 0
            ? clock : unchecked(last + 1) is var next and not 0 ? next : 1;
    }

    /// <summary>An address or network as a trigger's name, <c>32.7.100.51.198.rpz-ip</c>.</summary>
    public static string AnswerName(Prefix prefix)
    {
        var octets = prefix.Network.ToIPAddress().GetAddressBytes();
        if (prefix.IsV4)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{prefix.WrittenLength}.{string.Join('.', octets.Reverse())}.rpz-ip");
        }

        var words = Enumerable.Range(0, 8).Select(i => (octets[2 * i] << 8) | octets[(2 * i) + 1]).ToArray();
        var (start, length) = LongestZeros(words);
        var labels = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            if (length > 1 && i == start)
            {
                labels.Add("zz");
                i += length - 1;
            }
            else
            {
                labels.Add(words[i].ToString("x", CultureInfo.InvariantCulture));
            }
        }

        labels.Reverse();
        return string.Create(CultureInfo.InvariantCulture, $"{prefix.WrittenLength}.{string.Join('.', labels)}.rpz-ip");
    }

    /// <summary>Names and addresses that no block of a wider name or network reaches.</summary>
    private static IEnumerable<MitigationTarget> Passed(ExemptOptions exempt) =>
        exempt.Names.Select(domain => MitigationTarget.Name(domain, MitigationAction.Pass))
            .Concat(exempt.Networks.Select(network => MitigationTarget.Answer(network, MitigationAction.Pass)));

    private static string TtlOf(RpzOptions options) =>
        ((int)options.Ttl.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static string Head(uint serial, string ttl) => string.Create(
        CultureInfo.InvariantCulture,
        $"$TTL {ttl}\n@ SOA localhost. hostmaster.localhost. (\n    {serial}{SerialMark}\n    60 30 604800 {ttl} )\n")
        + "@ NS localhost.\n";

    private static int Leniency(MitigationAction action) => action switch
    {
        MitigationAction.Pass => 2,
        MitigationAction.Garden => 1,
        _ => 0,
    };

    private static string TargetOf(MitigationAction action, RpzOptions options) => action switch
    {
        MitigationAction.Pass => "rpz-passthru.",
        MitigationAction.Garden when options.Garden is null => throw new MitigationBackendException(
            "a block sends to the walled garden and none is configured; set blocking.rpz.garden"),
        MitigationAction.Garden => $"{options.Garden}.",
        _ => ".",
    };

    private static string[] Owners(MitigationTarget target) => target.Kind == MitigationKind.Name
        ? [target.Domain, $"*.{target.Domain}"]
        : [AnswerName(target.Remote!.Value)];

    private static (int Start, int Length) LongestZeros(int[] words)
    {
        var best = (Start: 0, Length: 0);
        for (var i = 0; i < words.Length; i++)
        {
            var end = i;
            while (end < words.Length && words[end] == 0)
            {
                end++;
            }

            if (end - i > best.Length)
            {
                best = (i, end - i);
            }

            i = Math.Max(i, end - 1);
        }

        return best;
    }
}

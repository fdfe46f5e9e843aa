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
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>The zone of a set of leases: a pure function.</summary>
public static class PolicyZone
{
    private const string SerialMark = " ; serial";

    /// <summary>The zone's text, ordered, so that the same leases give the same text.</summary>
    /// <exception cref="InvalidOperationException">A lease sends to the walled garden and there is none.</exception>
    public static string Write(IEnumerable<Lease> leases, uint serial, RpzOptions options)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"$TTL {(int)options.Ttl.TotalSeconds}\n")
            .Append(CultureInfo.InvariantCulture, $"@ SOA localhost. hostmaster.localhost. (\n    "
                + $"{serial}{SerialMark}\n    60 30 604800 {(int)options.Ttl.TotalSeconds} )\n")
            .Append("@ NS localhost.\n");
        foreach (var record in leases.Select(l => l.Target).Where(t => !t.IsRoute).Concat(Passed(options.Exempt))
            .SelectMany(t => Records(t, options)).Distinct().Order(StringComparer.Ordinal))
        {
            _ = text.Append(record).Append('\n');
        }

        return text.ToString();
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

    private static IEnumerable<string> Records(MitigationTarget target, RpzOptions options)
    {
        var to = target.Action switch
        {
            MitigationAction.Pass => "rpz-passthru.",
            MitigationAction.Garden when options.Garden is null => throw new InvalidOperationException(
                "a block sends to the walled garden and none is configured; set blocking.rpz.garden"),
            MitigationAction.Garden => $"{options.Garden}.",
            _ => ".",
        };
        string[] names = target.Kind == MitigationKind.Name
            ? [target.Domain, $"*.{target.Domain}"]
            : [AnswerName(target.Remote!.Value)];
        return names.Select(name => $"{name} CNAME {to}");
    }

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

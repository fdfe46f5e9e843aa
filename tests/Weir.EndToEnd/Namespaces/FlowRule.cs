// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.EndToEnd.Namespaces;

/// <summary>A FlowSpec rule as BIRD shows it, and the same as a rule of nftables. What it cannot say is a
/// fault, not a guess.</summary>
/// <param name="IsV4">Its family.</param>
/// <param name="Match">What BIRD prints between the braces.</param>
/// <param name="Rate">Octets a second of its traffic-rate (RFC 8955 section 7.3); 0 = discard.</param>
internal sealed partial record FlowRule(bool IsV4, string Match, float Rate)
{
    /// <summary>All rules of what <c>birdc show route table … all</c> answers.</summary>
    public static IReadOnlyList<FlowRule> Parse(string shown)
    {
        var rules = new List<FlowRule>();
        foreach (var part in Head().Split(shown).Skip(1).Chunk(3))
        {
            var rate = TrafficRate().Match(part[2]);
            if (!rate.Success)
            {
                throw new FormatException($"the rule {part[1]} has no traffic-rate: {part[2]}");
            }

            var bits = uint.Parse(rate.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            rules.Add(new(part[0] == "4", part[1].Trim(), BitConverter.UInt32BitsToSingle(bits)));
        }

        return rules;
    }

    /// <summary>One line of a chain.</summary>
    public string ToNft()
    {
        var words = new List<string> { $"meta nfproto {(IsV4 ? "ipv4" : "ipv6")}" };
        foreach (var part in Match.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.LastIndexOf(' ');
            var value = part[(at + 1)..];
            words.Add(part[..at] switch
            {
                "dst" => $"{(IsV4 ? "ip" : "ip6")} daddr {value}",
                "src" => $"{(IsV4 ? "ip" : "ip6")} saddr {value}",
                "proto" or "next header" => $"meta l4proto {value}",
                "dport" => $"th dport {{ {value} }}",
                "sport" => $"th sport {{ {value} }}",
                var unknown => throw new FormatException($"'{unknown}' of {Match} is not known"),
            });
        }

        return string.Join(' ', words) + (Rate == 0
            ? " counter drop"
            : string.Create(CultureInfo.InvariantCulture, $" limit rate over {(long)Rate} bytes/second counter drop"));
    }

    [GeneratedRegex(@"flow([46]) \{([^}]*)\}")]
    private static partial Regex Head();

    [GeneratedRegex(@"\(generic, 0x8006[0-9a-f]{4}, 0x([0-9a-f]+)\)")]
    private static partial Regex TrafficRate();
}

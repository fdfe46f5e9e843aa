// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector;
using Weir.Contracts.Networks;
using Weir.Desk.Lists.Feeds;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>What several commands take on their line: networks, lists and times.</summary>
internal static class AnalysisArguments
{
    internal static NetworkTable Networks(string own, string? excluded, int subjectLength)
    {
        if (subjectLength is < 1 or > 128)
        {
            throw new OperatorException($"--ipv6-subject-length {subjectLength} is not a prefix length; give 1 to 128");
        }

        var networks = Prefixes("--networks", own).Select(p => new Network(p, subjectLength)).ToList();
        if (networks.Count == 0)
        {
            throw new OperatorException(
                "--networks names no network; give the provider's own prefixes, such as 192.0.2.0/24,2001:db8::/32");
        }

        if (excluded is not null)
        {
            networks.AddRange(
                Prefixes("--exclude", excluded).Select(p => new Network(p, subjectLength, Excluded: true)));
        }

        return new NetworkTable(networks);
    }

    internal static FlowWindow Window(string? since, string? until)
    {
        var window = new FlowWindow(
            Instant("--since", since) ?? long.MinValue, Instant("--until", until) ?? long.MaxValue);
        return window.FromMs < window.UntilMs
            ? window
            : throw new OperatorException($"--since {since} is not before --until {until}");
    }

    internal static FeedOptions ParseFeed(string argument)
    {
        try
        {
            return FeedOptions.Parse(argument);
        }
        catch (FeedException fault)
        {
            throw new OperatorException($"--watchlist: {fault.Message}", fault.ExitCode);
        }
    }

    private static IEnumerable<Prefix> Prefixes(string option, string text)
    {
        var (place, entries) = text.StartsWith('@')
            ? FromFile(option, text[1..])
            : (option, text.Split(',').Select((entry, i) => (At: i + 1, entry)));
        foreach (var (at, entry) in entries)
        {
            var written = entry.Split('#')[0].Trim();
            if (written.Length == 0)
            {
                continue;
            }

            if (!Prefix.TryParse(written, out var prefix, strict: true))
            {
                var mend = Prefix.TryParse(written, out var loose)
                    ? $"did you mean {loose}?"
                    : "write an address or CIDR, such as 192.0.2.0/24 or 2001:db8::/32";
                throw new OperatorException($"{place}, entry {at}: '{written}' is not a network; {mend}");
            }

            yield return prefix;
        }
    }

    private static (string Place, IEnumerable<(int At, string Entry)>) FromFile(string option, string path)
    {
        try
        {
            return (path, File.ReadAllLines(path).Select((line, i) => (i + 1, line)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{option}: {path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }

    internal static long? Instant(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUnixTimeMilliseconds()
            : throw new OperatorException($"{option} '{text}' is not a time; write UTC such as 2017-07-07T12:00:00Z");
    }
}

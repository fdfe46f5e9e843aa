// SPDX-License-Identifier: Apache-2.0
//
// What is never blocked, and how much at most (rules.md R15). Each rail is a pure function that gives the refusal or
// nothing; all that hold something against a block are told at once.
using System.Globalization;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Mitigation;

/// <summary>Why a block was refused; the code is counted, the sentence is for who asked.</summary>
public sealed record MitigationRefusal(string Code, string Why)
{
    public const string NeverBlock = "never-block";
    public const string TooWide = "too-wide";
    public const string NotOurLine = "not-our-line";
    public const string Collateral = "collateral";
    public const string NotCounted = "collateral-not-counted";
    public const string TooMany = "too-many";
    public const string NotJustified = "not-justified";
    public const string Known = "already-blocked";
    public const string TooLong = "too-long";
    public const string Unknown = "unknown";
    public const string NotListed = "not-listed";
    public const string NoGarden = "no-garden";
    public const string Exempt = "exempt";

    public override string ToString() => $"{Code}: {Why}";
}

/// <summary>The domains that feeds list.</summary>
public interface IDomainFeeds
{
    /// <summary>Name of the feed that lists a domain in lower case without its last dot; null
    /// where none does.</summary>
    string? ListOf(string domain);
}

/// <summary>The rails.</summary>
public static class Guardrails
{
    /// <summary>Everything that speaks against a block.</summary>
    public static IReadOnlyList<MitigationRefusal> Check(
        MitigationTarget target, Justification justification, IReadOnlyCollection<Lease> leases, IDomainFeeds feeds,
        MitigationOptions options, DateTimeOffset now, CaseId forCase = default) =>
            [.. new[]
            {
                Justified(justification), Exempt(target, options), Never(target, options), NeverDomain(target, options),
                Width(target, options), LineIsOurs(target, options), Listed(target, feeds), Garden(target, options),
                Others(target, justification.Collateral, options, now),
                Caps(target, leases, options, now), Twice(target, leases, forCase),
            }.OfType<MitigationRefusal>()];

    /// <summary>The form has to be filled.</summary>
    public static MitigationRefusal? Justified(Justification justification) =>
        justification.Fault is { } fault
            ? new(
                MitigationRefusal.NotJustified,
                $"{fault}; a block states threat, necessity and alternatives (rules.md R15)")
            : null;

    /// <summary>What stays open for everybody and in every garden (R14): no network of it is touched, no service named,
    /// no name of it or around it.</summary>
    public static MitigationRefusal? Exempt(MitigationTarget target, MitigationOptions options)
    {
        var exempt = options.Exempt;
        var what = target.Kind == MitigationKind.Name
            ? exempt.Names.FirstOrDefault(
                d => DomainName.IsWithin(target.Domain, d) || DomainName.IsWithin(d, target.Domain))
            : exempt.Networks.Where(n => target.Remote is { } remote && Overlap(n, remote))
                .Select(n => n.ToString()).FirstOrDefault()
                ?? exempt.Services.Where(s => s.Protocol == target.Protocol && target.Ports.Contains(s.Port))
                    .Select(s => s.ToString()).FirstOrDefault();
        return what is null || target.Action == MitigationAction.Pass ? null
            : new(
                MitigationRefusal.Exempt,
                $"it touches {what}, which is exempt: emergency calls, updates and help stay reachable (rules.md R14)");
    }

    /// <summary>No network of the never-block lists is touched, neither whole nor in part.</summary>
    public static MitigationRefusal? Never(MitigationTarget target, MitigationOptions options)
    {
        if (target.Remote is not { } remote)
        {
            return null;
        }

        foreach (var list in options.Never.Prepend(new NeverBlock { Why = "own", Networks = options.Own }))
        {
            foreach (var network in list.Networks)
            {
                if (Overlap(network, remote))
                {
                    return new(
                        MitigationRefusal.NeverBlock,
                        $"{remote} touches {network}, which is never blocked ({list.Why})");
                }
            }
        }

        return null;
    }

    /// <summary>No domain of the list, none below it, and none above it.</summary>
    public static MitigationRefusal? NeverDomain(MitigationTarget target, MitigationOptions options)
    {
        if (target.Kind != MitigationKind.Name)
        {
            return null;
        }

        var kept = options.NeverNames.FirstOrDefault(
            d => DomainName.IsWithin(target.Domain, d) || DomainName.IsWithin(d, target.Domain));
        return kept is null
            ? null
            : new(MitigationRefusal.NeverBlock, $"{target.Domain} touches {kept}, which is never blocked");
    }

    /// <summary>A name comes from a feed; none is made up from an address.</summary>
    public static MitigationRefusal? Listed(MitigationTarget target, IDomainFeeds feeds) =>
        target.Kind == MitigationKind.Name && target.Action != MitigationAction.Pass
        && feeds.ListOf(target.Domain) is null
            ? new(MitigationRefusal.NotListed, $"no feed lists {target.Domain}; names are blocked from feeds alone")
            : null;

    /// <summary>Nobody is sent to a walled garden that is not there.</summary>
    public static MitigationRefusal? Garden(MitigationTarget target, MitigationOptions options) =>
        target.Action == MitigationAction.Garden && !options.HasGarden
            ? new(MitigationRefusal.NoGarden, "no walled garden is configured; say nxdomain")
            : null;

    /// <summary>No prefix shorter than the policy lets through.</summary>
    public static MitigationRefusal? Width(MitigationTarget target, MitigationOptions options)
    {
        var shortest = target.Remote is { IsV4: true } ? options.ShortestV4 : options.ShortestV6;
        if (target.Remote is { } remote && remote.WrittenLength < shortest)
        {
            return new(MitigationRefusal.TooWide, $"{remote} is wider than /{shortest}");
        }

        var line = target.Line is { IsV4: true } ? 32 : options.ShortestLineV6;
        return target.Line is { } one && one.WrittenLength < line
            ? new(MitigationRefusal.TooWide, $"a line of /{one.WrittenLength} is wider than /{line}")
            : null;
    }

    /// <summary>A line lies in the provider's own networks.</summary>
    public static MitigationRefusal? LineIsOurs(MitigationTarget target, MitigationOptions options) =>
        target.Line is { } line && !options.Own.Any(own => own.Length <= line.Length && own.Contains(line.Network))
            ? new(MitigationRefusal.NotOurLine, "the line lies in none of the provider's own networks")
            : null;

    /// <summary>Above this many others there is no block by address (R15): max(5, min(0.1 % of the
    /// subjects, 100)).</summary>
    public static int Ceiling(int subjects) => Collateral.Ceiling(subjects);

    /// <summary>A block by address is counted first, lately, and hits few.</summary>
    public static MitigationRefusal? Others(
        MitigationTarget target, Collateral? collateral, MitigationOptions options, DateTimeOffset now)
    {
        if (!target.IsByAddress)
        {
            return null;
        }

        if (collateral is not { } hit || now - hit.CountedAt > options.CollateralValidFor)
        {
            return new(MitigationRefusal.NotCounted, $"how many others use it was not counted within "
                + $"{options.CollateralValidFor.TotalHours:0} h; count it first");
        }

        var ceiling = Ceiling(hit.Subjects);
        return hit.NonCaseSubjects <= ceiling ? null : new(
            MitigationRefusal.Collateral,
            string.Create(CultureInfo.InvariantCulture, $"it would hit {options.Shown.Format(hit.NonCaseSubjects)} "
                + $"subjects who are not infected; above {ceiling} nothing is blocked by address (rules.md R15). A "
                + $"block for one line, or of a name from a feed, hits nobody else."));
    }

    /// <summary>So many of a kind at once, and within an hour.</summary>
    public static MitigationRefusal? Caps(
        MitigationTarget target, IReadOnlyCollection<Lease> leases, MitigationOptions options, DateTimeOffset now)
    {
        var alike = leases.Where(l => l.Target.Kind == target.Kind).ToList();
        var inForce = alike.Count(l => l.IsActiveAt(now));
        var lately = alike.Count(l => l.ApprovedAt is { } at && now - at < TimeSpan.FromHours(1));
        return inForce >= options.MaxActive
            ? new(MitigationRefusal.TooMany, $"{inForce} blocks of this kind are in force, as many as may be")
            : lately >= options.MaxPerHour ? new(
                MitigationRefusal.TooMany,
                $"{lately} blocks of this kind were approved within the hour, as many as may be")
            : null;
    }

    /// <summary>Not what is blocked already.</summary>
    public static MitigationRefusal? Twice(
        MitigationTarget target, IReadOnlyCollection<Lease> leases, CaseId forCase = default) =>
            leases.FirstOrDefault(l => !LeaseStateMachine.IsOver(l.State) && (forCase.Number != 0 && target.IsForOneLine
                ? l.Case == forCase && l.Target.WithoutLine() == target.WithoutLine()
                : l.Target == target)) is { } known
                ? new(MitigationRefusal.Known, $"{known.Id} is {LeaseStateMachine.ToName(known.State)} for the same")
                : null;

    private static bool Overlap(Prefix one, Prefix other) => one.Contains(other.Network) || other.Contains(one.Network);
}

// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Api.Blocks;

/// <summary>What backends hold, as they answered.</summary>
/// <param name="blocks">What they should hold.</param>
/// <param name="keepers">One for each that is configured.</param>
internal sealed class BlockStanding(MitigationController blocks, IReadOnlyList<MitigationReconciler> keepers)
{
    public const string DryRun = "dry run: nothing is announced (blocking.enabled)";

    /// <summary>Neighbours and resolvers that do not do their part.</summary>
    public IEnumerable<StandingPart> Down => keepers.SelectMany(keeper => PartsOf(keeper).Skip(1))
        .Where(part => !part.IsSound);

    /// <summary>The whole first, then each that was asked, then what the vault announces for lines.</summary>
    public IEnumerable<StandingPart> Parts()
    {
        var ordered = blocks.Ordered;
        var inForce = ordered.Count(l => l.IsInForceAt(blocks.Now));
        var unread = ordered.Count - inForce;
        return keepers.SelectMany(PartsOf).Concat(Lines()).Prepend(
            new("blocks", blocks.Lost.Length == 0 && unread == 0, blocks.Lost.Length > 0 ? blocks.Lost
                : !blocks.IsEnforced ? DryRun
                : FormattableString.Invariant($"{inForce} in force")
                    + (unread == 0 ? "" : FormattableString.Invariant(
                        $", {unread} ordered that no router or resolver confirmed")),
                null));
    }

    private IEnumerable<StandingPart> Lines()
    {
        if (blocks.LineStatus is { } status)
        {
            yield return new(
                "the vault's routes", status.IsEverywhere && status.Held == status.Planned,
                !status.IsReachable ? status.Fault : FormattableString.Invariant(
                    $"{status.Held} of {status.Planned} routes of lines held, ")
                    + FormattableString.Invariant(
                        $"sent to {status.Reached.Current} of {status.Reached.Asked} neighbours"),
                null);
        }
    }

    private static IEnumerable<StandingPart> PartsOf(MitigationReconciler keeper)
    {
        var (backend, status) = (keeper.Backend, keeper.Status);
        return status.Peers
            .Select(peer => new StandingPart(
                $"{backend.Peer} {peer.Name}", peer.IsSound, peer.Text, status.RoundAt))
            .Prepend(new(
                backend.Name, status.IsReachable && status.Held == status.Planned,
                status.IsReachable ? WordsOf(status, backend) : status.Fault, status.RoundAt));
    }

    private static string WordsOf(MitigationStatus status, IMitigationBackend backend) =>
        FormattableString.Invariant(
            $"{(status.Text.Length > 0 ? $"{status.Text}, " : "")}{status.Held} of {status.Planned} {backend.Entries} held, ")
        + FormattableString.Invariant($"{status.Refused} refused, {status.Foreign} of others left alone");
}

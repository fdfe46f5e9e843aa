// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Releases;

/// <summary>Gives a process's own record to the desk, for whoever may verify it. Safe for any thread.</summary>
/// <param name="directory">Where the record lies.</param>
/// <param name="chain">The record.</param>
/// <param name="health">Of the process.</param>
public sealed class RecordGate(string directory, ReleaseChain chain, HealthRegistry health)
{
    /// <summary>Parts of health that are of the record.</summary>
    private static readonly string[] Parts = ["audit", "audit-outside"];

    /// <summary>Adds the routes.</summary>
    public PeerRoutes Map(PeerRoutes routes) => routes
        .Get(RecordRoutes.Lines, PeerRoles.Desk, RecordJson.Default.RecordLines, LinesAsync)
        .Get(RecordRoutes.Standing, PeerRoles.Desk, RecordJson.Default.RecordStanding,
            (_, _) => Task.FromResult<RecordStanding?>(new(FaultOf(health))));

    /// <summary>What is wrong with the record of a process; empty where nothing is.</summary>
    public static string FaultOf(HealthRegistry health) => string.Join("; ",
        from part in health.Read().Parts
        where Parts.Contains(part.Part) && part.Health.State != HealthState.Ok
        select $"{part.Part}: {part.Health.Reason}");

    private async Task<RecordLines?> LinesAsync(PeerCall call, CancellationToken cancel)
    {
        var (part, after) = (call.Query("part") ?? "", call.Number("after") ?? 0);
        var most = (int)Math.Min(RecordLines.Max, call.Number("most") ?? RecordLines.Max);
        var isNewest = call.Number("newest") is > 0;
        if (!RecordLines.Parts.Contains(part))
        {
            throw PeerRefusalException.Malformed($"part is none; write {string.Join(", ", RecordLines.Parts)}");
        }

        var asked = new RecordAsk(call.Query("number") ?? "", part, after, most, isNewest, call.Query("for") ?? "");
        chain.RequireNumber(asked.Number);
        if (!RecordAsk.IsName(asked.For))
        {
            throw PeerRefusalException.Malformed("for is no person's name: one word of 1 to 64 characters");
        }

        _ = await chain.RecordAsync(
            call, ReleaseChain.EntryOf(call, asked.Number, AuditActions.ReadAudit) with
            {
                Reason = Describe(asked), For = asked.For,
                PredicateDigest = ReleaseChain.Digest(FormattableString.Invariant($"{Describe(asked)} {most}")),
            },
            cancel);
        return new(Read(directory, asked));
    }

    /// <summary>Lines of a record.</summary>
    public static IReadOnlyList<string> Read(string directory, RecordAsk asked) => asked switch
    {
        { Part: "key" } => [AuditLines.Key(directory)],
        { Part: "heads", IsNewest: true } => AuditLines.NewestHeads(directory, asked.Most),
        { Part: "heads" } => AuditLines.Heads(directory, asked.After, asked.Most),
        { Part: "entries", IsNewest: true } => AuditLines.NewestEntries(directory, asked.Most),
        { Part: "entries" } => AuditLines.Entries(directory, asked.After, asked.Most),
        _ => [],
    };

    /// <summary>What stands on a record of its being read.</summary>
    public static string Describe(RecordAsk asked) => string.Create(
        CultureInfo.InvariantCulture,
        $"for {asked.For}: {asked.Part}{(asked.IsNewest ? ", the newest" : $" after {asked.After}")}");
}

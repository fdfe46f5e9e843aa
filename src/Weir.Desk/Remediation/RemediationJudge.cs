// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Sections;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Desk.Remediation;

/// <summary>Asks the store what the line's exporters delivered, and the vault whether the line was active.</summary>
/// <param name="store">The store.</param>
/// <param name="vault">The vault; null in a lab that has none, where nobody is behind a line and nobody is
/// told.</param>
/// <param name="options">How long a gap may be.</param>
internal sealed class RemediationJudge(ICoverageSource store, ILineActivity? vault, RemediationOptions options)
    : IRemediationJudge
{
    public async Task<RemediationVerdict> JudgeAsync(RemediationSilence silence, CancellationToken cancel)
    {
        RemediationVerdict watched;
        try
        {
            var coverage = await store.ReadAsync(
                silence.Since, silence.Until, ExportersOf(silence.File), cancel);
            watched = CoverageVerdict.Of(coverage, silence.Since, silence.Length, options.LongestGap);
        }
        catch (StoreException)
        {
            return NotAnswered(silence, "store");
        }

        if (!watched.IsProven || vault is null)
        {
            return watched;
        }

        try
        {
            var begin = DateTimeOffset.FromUnixTimeMilliseconds(silence.Check.Scope.FromMs);
            var wasActive = await vault.WasActiveAsync(
                silence.File.Id, silence.Check.Scope.Id, watched.From > begin ? watched.From : begin, watched.Until,
                cancel);
            return wasActive ? watched : watched with { Doubts = [new(DoubtKind.LineNotActive)] };
        }
        catch (Exception failure) when (failure is VaultDownException or VaultRefusedException)
        {
            return NotAnswered(silence, "vault");
        }
    }

    /// <summary>Exporters that told of what the case is about; empty where its grounds name none, so that every one is
    /// looked at.</summary>
    internal static IReadOnlyCollection<string> ExportersOf(CaseFile file) =>
    [
        .. file.Scopes.Where(scope => scope.Scope.Purpose != Purpose.RemediationCheck)
            .SelectMany(scope => scope.Envelopes)
            .Select(envelope => EventDocument.TryRead(envelope, out var quality) ? quality.Exporter : default)
            .Where(exporter => exporter.Bits != 0 && exporter != IpKey.FromV4(0))
            .Select(exporter => exporter.ToString()).Distinct().Order(StringComparer.Ordinal),
    ];

    private static RemediationVerdict NotAnswered(RemediationSilence silence, string who) =>
        new(silence.Since, silence.Since, [new(DoubtKind.NotAnswered, who)]);
}

/// <summary>When silence proves something.</summary>
public sealed record RemediationOptions
{
    /// <summary>An exporter may say nothing for so long, and be watched all the same. Default 10 min.</summary>
    public TimeSpan LongestGap { get; init; } = new EscalatingOptions().LongestGap;
}

// SPDX-License-Identifier: Apache-2.0
//
// Whether watching worked: what exporters delivered, minute by minute. Nothing of subjects stands in the table, so the
// answer is given like a status, without an entry on the chain.
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Coverage;

/// <summary>Answers. Calls may run side by side.</summary>
internal sealed class CoverageGate(EngineHost engine, ReleaseChain chain)
{
    private const long DayMs = 86_400_000;

    public async Task<CoverageReply?> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        var (fromMs, untilMs) = (call.Number("from") ?? -1, call.Number("until") ?? -1);
        if (fromMs < 0 || untilMs <= fromMs || untilMs - fromMs > CoverageReply.MaxDays * DayMs)
        {
            throw PeerRefusalException.Malformed(FormattableString.Invariant(
                $"from and until are milliseconds since 1970, at most {CoverageReply.MaxDays} days apart"));
        }

        var named = Exporters(call.Query("exporters") ?? "");
        try
        {
            return await new CoverageTable(engine.Store.Client).AnswerAsync(fromMs, untilMs, named, cancel);
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
    }

    private static List<IpKey> Exporters(string text)
    {
        var words = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > CoverageReply.MaxExporters)
        {
            throw PeerRefusalException.Malformed($"name at most {CoverageReply.MaxExporters} exporters");
        }

        return
        [
            .. words.Select(word => IpKey.TryParse(word, out var exporter)
                ? exporter
                : throw PeerRefusalException.Malformed($"'{word}' is no address of an exporter")),
        ];
    }
}

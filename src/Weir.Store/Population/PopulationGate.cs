// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Store.Runs;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Store.Population;

/// <summary>The fixed reports for the desk: counted once, protected, kept, recorded, and then given.</summary>
internal sealed class PopulationGate(
    PopulationOptions options, EngineHost engine, FoundEndpoints found, PopulationPublishing publishing,
    ReleaseChain chain, TimeProvider time)
    : IPopulationCounts, IDisposable
{
    private readonly Lock _gate = new();
    private PopulationReports? _reports;

    public async Task<PopulationReply> AnswerAsync(PeerCall call, PopulationAsk ask, CancellationToken cancel)
    {
        chain.RequireNumber(ask.Number);
        Endpoint? endpoint = null;
        if (ask.Endpoint is { } text)
        {
            endpoint = Endpoint.TryParse(text, out var read)
                ? read
                : throw PeerRefusalException.Malformed($"'{text}' is no endpoint");
        }

        try
        {
            var named = new NamedEndpoints(
                Reports(), one => options.KAnonymity.HidesNothing || ask.List is { Length: > 0 } || found.Has(one));
            var outcome = await named.QueryAsync(ask.Report, ask.Group, ask.Window, endpoint, cancel);
            var reply = new PopulationReply(
                outcome.View, outcome.Refusal is { } refusal ? PopulationRefusals.ToCode(refusal) : null, outcome.Why);
            var asked = string.Join(
                ' ', new[] { ask.Report, ask.Window, ask.Endpoint, ask.Group }.Where(w => !string.IsNullOrEmpty(w)));
            var entry = ReleaseChain.EntryOf(call, ask.Number, AuditActions.PopulationReport) with
            {
                Outcome = reply.Refusal ?? AuditActions.Allow,
                PredicateDigest = ReleaseChain.Digest(asked),
                Reason = ask.List is { Length: > 0 } list ? $"listed by {(list.Length > 64 ? list[..64] : list)}" : "",
                Rows = reply.View?.Lines.Count ?? 0,
                ResultDigest = reply.View is null ? "" : ReleaseChain.Digest(
                    JsonSerializer.SerializeToUtf8Bytes(reply.View, StoreJson.Default.PopulationView)),
            };
            _ = await chain.RecordAsync(call, entry, cancel);
            return reply;
        }
        catch (StoreException fault)
        {
            throw chain.EngineDown(fault);
        }
        catch (VaultDownException away)
        {
            throw chain.Refuse(
                StoreCodes.NoNoiseKey, $"the key of the day's noise cannot be had: {away.Message}; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }
        catch (IOException fault)
        {
            throw chain.EngineDown(new StoreException(0, fault.Message, retryable: true, fault));
        }
    }

    Task<ExactTable> IPopulationCounts.CountAsync(PopulationQuery question, CancellationToken cancel) =>
        new PopulationCounts(engine.Store.Client, options.Lines).CountAsync(question, cancel);

    public void Dispose() => _reports?.Dispose();

    private PopulationReports Reports()
    {
        lock (_gate)
        {
            return _reports ??= new(
                this, new PopulationAnswers(options.Folder), options.KAnonymity, publishing, time);
        }
    }
}

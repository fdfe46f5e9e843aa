// SPDX-License-Identifier: Apache-2.0
//
// The garden by RADIUS: the NAS that has the session is told which attributes it has from now on (CoA-Request), or to
// end it (Disconnect-Request), RFC 5176.
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Contracts.AccessControl;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Gardening;

/// <summary>Changes sessions at their NAS. Safe for any thread.</summary>
internal sealed class RadiusEnforcementBackend : IEnforcementBackend
{
    private readonly Dictionary<WalledGarden, IReadOnlyList<WalledGardenAttribute>> _attributes = [];
    private readonly NasList _nases;
    private readonly CoaClient _client;
    private readonly WalledGardenCounts _counts;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _identifier = RandomNumberGenerator.GetInt32(256);

    /// <exception cref="ArgumentException">An attribute is none.</exception>
    /// <exception cref="Weir.Vault.Identity.Records.IdentityException">A secret cannot be read.</exception>
    public RadiusEnforcementBackend(
        WalledGardenOptions options, WalledGardenCounts counts, TimeProvider time, ILogger log)
    {
        (_counts, _time, _log, _nases, _client) =
            (counts, time, log, new NasList(options.Nas), new CoaClient(options.Patience, time));
        foreach (var (garden, texts) in options.Attributes)
        {
            _attributes[garden] =
                texts is [WalledGardenOptions.Disconnect] ? [] : [.. texts.Select(WalledGardenAttribute.Parse)];
        }
    }

    public string Name => "radius";

    public bool IsPerSession => true;

    public async Task<EnforcementResult> ApplyAsync(
        WalledGardenLine line, IReadOnlyList<SubscriberSession> sessions, WalledGarden garden, CancellationToken cancel)
    {
        if (!_attributes.TryGetValue(garden, out var attributes))
        {
            return new(false, false, "no attributes are configured for this garden");
        }

        var session = sessions[0];
        if (!_nases.TryFind(session.Identification, out var nas, out var secret))
        {
            _log.NoNas(line.Case);
            return new(false, false, "no NAS of vault.garden.nas fits the session");
        }

        var code = attributes.Count == 0 ? CoaCode.DisconnectRequest : CoaCode.CoaRequest;
        var identifier = (byte)Interlocked.Increment(ref _identifier);
        var request = CoaPacket.Request(
            code, identifier, _time.GetUtcNow(), session.Identification, attributes, secret);
        var exchange = await _client.SendRequestAsync(nas, secret, request, cancel);
        _counts.Add(exchange);
        if (exchange.Answer is not { } answer)
        {
            var said = exchange.Fault.Length > 0 ? exchange.Fault
                : exchange.Forged > 0
                    ? FormattableString.Invariant($"{exchange.Forged} packets came whose authenticator does not fit")
                : "nothing came";
            _log.NoAnswer(nas.Name, nas.At, exchange.Sent, said);
            return new(false, false, string.Create(CultureInfo.InvariantCulture, $"no answer, sent {exchange.Sent} "
                + $"times{(exchange.Forged > 0 ? $", {exchange.Forged} forged thrown away" : "")}"));
        }

        var word = code == CoaCode.CoaRequest ? "CoA" : "Disconnect";
        return answer.IsAck
            ? new(true, false, $"{word}-ACK")
            : new(false, answer.Cause == ErrorCause.SessionNotFound, answer.Cause == 0
                ? $"{word}-NAK"
                : $"{word}-NAK {ErrorCause.Format(answer.Cause)}");
    }
}

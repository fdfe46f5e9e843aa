// SPDX-License-Identifier: Apache-2.0
//
// The accounting socket. Packets that wait are taken together, made durable by one write, and only then answered: a NAS
// keeps what was not answered and sends it again, so a crash or a full disk costs nothing.
//
// Standards: RFC 2866 §2 (answer only what was recorded), §3.
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>Takes accounting over UDP.</summary>
internal sealed class RadiusListener : IDisposable
{
    private const int MaxBatch = 256;

    private readonly Socket _socket;
    private readonly IdentityLedger _ledger;
    private readonly RadiusIntake _intake;
    private readonly RadiusSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly byte[] _buffer = new byte[65_536];
    private readonly byte[] _response = new byte[RadiusPacket.MaxOctets + 18];
    private readonly List<(byte[] Packet, EndPoint Nas)> _answers = [];
    private long _malformed;
    private DateTimeOffset _quietUntil;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="IdentityException">The address cannot be had.</exception>
    public RadiusListener(
        IPEndPoint listen, IdentityLedger ledger, RadiusOptions terms, SubscriberLineNamer naming,
        RadiusSecrets secrets, TimeProvider time, ILogger log, AccountingRefusalLog? refusals = null)
    {
        (_ledger, _secrets, _time, _log) = (ledger, secrets, time, log);
        _intake = new RadiusIntake(ledger.Sessions, terms, naming, ledger.Counters.Radius, secrets, refusals);
        _socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.ReceiveBufferSize = 4 << 20;
            _socket.Bind(listen);
        }
        catch (SocketException fault)
        {
            _socket.Dispose();
            throw new IdentityException($"accounting cannot listen on {listen}: {fault.Message}; choose another "
                + "address in vault.identity.sources, or stop who has it", fault);
        }
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Takes packets until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _log.RadiusListens(LocalEndPoint);
        var anyone = new IPEndPoint(
            LocalEndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            while (true)
            {
                var first = await _socket.ReceiveFromAsync(_buffer, anyone, cancel);
                try
                {
                    _ledger.Update(() => HandlePending(first.ReceivedBytes, (IPEndPoint)first.RemoteEndPoint, anyone));
                    Answer();
                }
                catch (DbException fault)
                {
                    _ledger.Counters.StoreFailures++;
                    _log.StoreFails(fault.Message);
                }

                _answers.Clear();
                LogMalformed();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    private void HandlePending(int octets, IPEndPoint from, IPEndPoint anyone)
    {
        Handle(octets, from);
        for (var i = 1; i < MaxBatch && _socket.Available > 0; i++)
        {
            EndPoint source = anyone;
            octets = _socket.ReceiveFrom(_buffer, ref source);
            Handle(octets, (IPEndPoint)source);
        }
    }

    private void Handle(int octets, IPEndPoint from)
    {
        if (_intake.Handle(
            _buffer.AsSpan(0, octets), IpKey.From(from.Address), _time.GetUtcNow().ToUnixTimeMilliseconds(),
            out var packet))
        {
            _answers.Add((packet.Octets.ToArray(), from));
        }
    }

    /// <summary>One malformed packet a minute goes to the log; all are counted.</summary>
    private void LogMalformed()
    {
        var now = _time.GetUtcNow();
        if (_ledger.Counters.Radius.Malformed > _malformed && now >= _quietUntil)
        {
            _log.AccountingMalformed(LocalEndPoint, _intake.LastFault.Rule, _intake.LastFault.Offset);
            (_malformed, _quietUntil) = (_ledger.Counters.Radius.Malformed, now + TimeSpan.FromMinutes(1));
        }
    }

    private void Answer()
    {
        foreach (var (octets, nas) in _answers)
        {
            _ = RadiusPacket.TryRead(octets, out var packet, out _);
            _ = _secrets.TryFind(IpKey.From(((IPEndPoint)nas).Address), out var secret, out _);
            var length = RadiusDigest.Respond(in packet, secret, _response);
            try
            {
                _socket.SendTo(_response.AsSpan(0, length), nas);
            }
            catch (SocketException)
            {
                _ledger.Counters.Radius.ResponsesLost++;
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>What a UDP source does with a datagram.</summary>
internal delegate void DatagramCallback(ReadOnlySpan<byte> datagram, IpKey source, long arrivedAtMs);

/// <summary>A UDP socket of a source that needs no answer: export messages, syslog.</summary>
internal sealed class DatagramListener : IDisposable
{
    private const int MaxBatch = 256;

    private readonly Socket _socket;
    private readonly IdentityLedger _ledger;
    private readonly DatagramCallback _take;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly byte[] _buffer = new byte[65_536];

    /// <exception cref="IdentityException">The address cannot be had.</exception>
    public DatagramListener(
        IPEndPoint listen, IdentityLedger ledger, DatagramCallback take, TimeProvider time, ILogger log)
    {
        (_ledger, _take, _time, _log) = (ledger, take, time, log);
        _socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.ReceiveBufferSize = 4 << 20;
            _socket.Bind(listen);
        }
        catch (SocketException fault)
        {
            _socket.Dispose();
            throw new IdentityException($"identity cannot listen on {listen}: {fault.Message}; choose another address "
                + "in vault.identity.sources, or stop who has it", fault);
        }
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public async Task RunAsync(CancellationToken cancel)
    {
        _log.NatListens(LocalEndPoint);
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
                }
                catch (DbException fault)
                {
                    // It stays to be written with what comes next.
                    _ledger.Counters.StoreFailures++;
                    _log.StoreFails(fault.Message);
                }
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

    private void Handle(int octets, IPEndPoint from) =>
        _take(_buffer.AsSpan(0, octets), IpKey.From(from.Address), _time.GetUtcNow().ToUnixTimeMilliseconds());
}

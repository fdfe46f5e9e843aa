// SPDX-License-Identifier: Apache-2.0
//
// One exchange with a NAS: a socket of its own, the same octets sent again until an answer that counts comes or the
// patience ends. The first wait is the least of two seconds and a quarter of the patience; each further is twice the
// one before, a tenth more or less by chance (RFC 5080 §2.2.1). What does not count is thrown away and counted.
//
// Standards: RFC 5176 §2.3 (same identifier while nothing changed), §6.1.
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Weir.Vault.Gardening.Radius;

/// <summary>What came of an exchange.</summary>
/// <param name="Answer">Null where none came.</param>
/// <param name="Sent">How often the request was sent.</param>
/// <param name="Forged">Packets that were no answer of this NAS to this request.</param>
/// <param name="Fault">What the network said last; empty where nothing.</param>
internal sealed record CoaResult(CoaResponse? Answer, int Sent, int Forged, string Fault);

/// <summary>Sends requests. Safe for any thread.</summary>
internal sealed class CoaClient(TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    /// <param name="nas">Who.</param>
    /// <param name="secret">Shared with it.</param>
    /// <param name="request">The whole packet.</param>
    /// <param name="cancel">Gives up at once.</param>
    public async Task<CoaResult> SendRequestAsync(Nas nas, byte[] secret, byte[] request, CancellationToken cancel)
    {
        using var socket = new Socket(nas.At.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var began = time.GetTimestamp();
        var wait = patience / 4 < FirstWait ? patience / 4 : FirstWait;
        var (sent, forged, fault) = (0, 0, "");
        var buffer = new byte[65_536];
        while (true)
        {
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return new(null, sent, forged, fault);
            }

            var pause = Jittered(wait) is var next && next < left ? next : left;
            wait *= 2;
            using var end = new CancellationTokenSource(pause, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, end.Token);
            try
            {
                if (!socket.Connected)
                {
                    await socket.ConnectAsync(nas.At, both.Token);
                }

                sent++;
                await socket.SendAsync(request, both.Token);
                while (true)
                {
                    var octets = await socket.ReceiveAsync(buffer, both.Token);
                    if (CoaPacket.TryRead(buffer.AsSpan(0, octets), request, secret, out var answer))
                    {
                        return new(answer, sent, forged, "");
                    }

                    forged++;
                }
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // Nothing that counts came in time: once more.
            }
            catch (SocketException refused)
            {
                // Nobody listens there now; it may in a moment.
                fault = refused.Message;
                await Task.Delay(pause, time, cancel);
            }
        }
    }

    private static TimeSpan Jittered(TimeSpan wait) => wait * (0.9 + (RandomNumberGenerator.GetInt32(201) / 1000.0));
}

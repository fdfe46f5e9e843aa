// SPDX-License-Identifier: Apache-2.0
//
// Gives messages to a collector of syslog. Syslog has no replies; on a stream each message has a connection of its own,
// which we end first: a collector that closes its side then has read to the end.
using System.Net.Security;
using System.Net.Sockets;

namespace Weir.Hosting.Channels;

/// <summary>One collector.</summary>
public sealed class SyslogSender(ChannelOptions options, TimeProvider time)
{
    /// <summary>A collector that keeps its side open after ours ended has the message all the same.</summary>
    private static readonly TimeSpan UntilClosed = TimeSpan.FromSeconds(2);

    /// <summary>Sends a message.</summary>
    /// <exception cref="ChannelException">It could not be handed over.</exception>
    public Task SendAsync(SyslogMessage message, CancellationToken cancel) =>
        options.Way == SyslogTransport.Udp
            ? DatagramAsync(message.Write(options, SyslogMessage.LongestDatagram), cancel)
            : StreamAsync(SyslogMessage.Framed(message.Write(options)), cancel);

    private async Task DatagramAsync(byte[] message, CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(options.Host!, options.SyslogPort, cancel);
            _ = await socket.SendAsync(message, SocketFlags.None, cancel);
        }
        catch (SocketException fault)
        {
            throw new ChannelException(
                $"syslog: {options.Place} cannot be sent to: {fault.Message}; see its name and the way there",
                isForGood: false, fault);
        }
    }

    private async Task StreamAsync(byte[] message, CancellationToken cancel)
    {
        var end = new ChannelEnd("syslog", options.Host!, options.SyslogPort, options.Timeout);
        var socket = await ChannelConnection.OpenAsync(end, time, cancel);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        using var patient = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            stream = options.Way == SyslogTransport.Tls
                ? await ChannelConnection.EncryptAsync(stream, end, options.Trust, time, cancel)
                : stream;
            await stream.WriteAsync(message, either.Token);
            await stream.FlushAsync(either.Token);
            if (stream is SslStream encrypted)
            {
                await encrypted.ShutdownAsync();
            }

            socket.Shutdown(SocketShutdown.Send);
            await ClosedAsync(stream, cancel);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            throw new ChannelException(
                $"syslog: the connection to {options.Place} broke: {fault.Message}; see that collector's log",
                isForGood: false, fault);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new ChannelException(
                FormattableString.Invariant(
                    $"syslog: {options.Place} took nothing for {options.Timeout.TotalSeconds:0} s"),
                isForGood: false, fault);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private async Task ClosedAsync(Stream stream, CancellationToken cancel)
    {
        using var patient = new CancellationTokenSource(UntilClosed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            var rest = new byte[256];
            while (await stream.ReadAsync(rest, either.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return;
        }
    }
}

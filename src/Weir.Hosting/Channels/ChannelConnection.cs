// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Weir.Hosting.Channels;

/// <summary>The other end of a channel.</summary>
/// <param name="What">How to call the channel in a message.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP.</param>
/// <param name="Patience">How long one step of the connection may take.</param>
public sealed record ChannelEnd(string What, string Host, int Port, TimeSpan Patience);

/// <summary>Connections of channels: opened and encrypted in bounded time, with messages that name the
/// place and the fix.</summary>
public static class ChannelConnection
{
    /// <exception cref="ChannelException">There is no way there.</exception>
    public static async Task<Socket> OpenAsync(ChannelEnd end, TimeProvider time, CancellationToken cancel)
    {
        var (what, host, port, patience) = end;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patient = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new ChannelException(
                FormattableString.Invariant(
                    $"{what}: {host}:{port} cannot be reached: {fault.Message}; see that it runs and is let through"),
                isForGood: false, fault);
        }
        catch (OperationCanceledException fault)
        {
            socket.Dispose();
            cancel.ThrowIfCancellationRequested();
            throw new ChannelException(
                FormattableString.Invariant(
                    $"{what}: {host}:{port} did not answer within {patience.TotalSeconds:0} s; ")
                + "see that it runs and is let through",
                isForGood: false, fault);
        }
    }

    /// <exception cref="ChannelException">The other end is not who it should be, or does not speak TLS.</exception>
    public static async Task<Stream> EncryptAsync(
        Stream stream, ChannelEnd end, TlsTrust trust, TimeProvider time, CancellationToken cancel)
    {
        var (what, host, port, patience) = end;
        var options = trust.For(host);
        var encrypted = new SslStream(stream);
        using var patient = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            await encrypted.AuthenticateAsClientAsync(options, either.Token);
            return encrypted;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or SocketException)
        {
            await encrypted.DisposeAsync();
            throw new ChannelException(
                FormattableString.Invariant($"{what}: no TLS with {host}:{port}: {fault.Message} Nothing was sent; ")
                + "fix its certificate or name its authority in ca-file",
                isForGood: false, fault);
        }
        catch (OperationCanceledException fault)
        {
            await encrypted.DisposeAsync();
            cancel.ThrowIfCancellationRequested();
            throw new ChannelException(
                FormattableString.Invariant(
                    $"{what}: {host}:{port} did not finish TLS within {patience.TotalSeconds:0} s"),
                isForGood: false, fault);
        }
    }
}

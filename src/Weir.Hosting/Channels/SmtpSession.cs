// SPDX-License-Identifier: Apache-2.0
//
// One connection to a station, line by line. A command is written whole and never holds a line break; what the station
// said in clear before TLS is forgotten, so that nobody in between can put words into the encrypted part
// (CVE-2011-0411).
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>Made by <see cref="OpenAsync"/>; one caller.</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LongestLine = 2_048;
    private const int MaxLines = 100;

    private readonly SmtpOptions _options;
    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[LongestLine];
    private Stream _stream;
    private int _start;
    private int _end;

    private SmtpSession(SmtpOptions options, TimeProvider time, Socket socket) =>
        (_options, _time, _socket, _stream) = (options, time, socket, new NetworkStream(socket, ownsSocket: true));

    public bool IsEncrypted => _stream is SslStream;

    /// <exception cref="ChannelException">There is no way to the station.</exception>
    public static async Task<SmtpSession> OpenAsync(SmtpOptions options, TimeProvider time, CancellationToken cancel)
    {
        var socket = await ChannelConnection.OpenAsync(
            options.Host, options.Port, options.ConnectTimeout, time, "mail", cancel);
        var conversation = new SmtpSession(options, time, socket);
        try
        {
            if (options.Security == SmtpSecurity.Tls)
            {
                await conversation.EncryptAsync(cancel);
            }

            return conversation;
        }
        catch
        {
            await conversation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on in TLS.</summary>
    /// <exception cref="ChannelException">The station is not who it should be, or does not speak it.</exception>
    public async Task EncryptAsync(CancellationToken cancel)
    {
        if (_start != _end)
        {
            throw new ChannelException($"mail: {_options.Place} said more than its reply before TLS began, as somebody "
                + "in between would; nothing was sent", isForGood: false);
        }

        _stream = await ChannelConnection.EncryptAsync(
            _stream, _options.Host, _options.Port, _options.Trust, _options.ConnectTimeout, _time, "mail", cancel);
    }

    /// <summary>Says a command and hears the reply.</summary>
    /// <exception cref="ChannelException">The connection ended or nothing came in time.</exception>
    public async Task<SmtpReply> SendAsync(string command, CancellationToken cancel)
    {
        if (HeaderText.HasControls(command))
        {
            throw new ChannelException("a command of SMTP would hold a line break; nothing was sent", isForGood: true);
        }

        return await ExchangeAsync(Encoding.ASCII.GetBytes(command + "\r\n"), _options.ReplyTimeout, cancel);
    }

    /// <summary>Hears the greeting.</summary>
    public Task<SmtpReply> ReceiveReplyAsync(CancellationToken cancel) =>
        ExchangeAsync(ReadOnlyMemory<byte>.Empty, _options.ReplyTimeout, cancel);

    /// <summary>Gives the mail after DATA, dots doubled (RFC 5321 section 4.5.2), and hears
    /// what became of it.</summary>
    public Task<SmtpReply> SendDataAsync(byte[] mail, CancellationToken cancel) =>
        ExchangeAsync(DotStuff(mail), _options.LastReplyTimeout, cancel);

    /// <summary>The mail as DATA takes it: no line begins with a single dot but the last, which
    /// is nothing else.</summary>
    internal static byte[] DotStuff(ReadOnlySpan<byte> mail)
    {
        var stuffed = new List<byte>(mail.Length + 64);
        var isStart = true;
        foreach (var octet in mail)
        {
            if (isStart && octet == '.')
            {
                stuffed.Add((byte)'.');
            }

            stuffed.Add(octet);
            isStart = octet == '\n';
        }

        stuffed.AddRange(isStart ? ".\r\n"u8 : "\r\n.\r\n"u8);
        return [.. stuffed];
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<SmtpReply> ExchangeAsync(
        ReadOnlyMemory<byte> octets, TimeSpan patience, CancellationToken cancel)
    {
        using var patient = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        try
        {
            if (!octets.IsEmpty)
            {
                await _stream.WriteAsync(octets, either.Token);
                await _stream.FlushAsync(either.Token);
            }

            return await ReplyAsync(either.Token);
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            throw new ChannelException(
                $"mail: the connection to {_options.Place} broke: {fault.Message}; see that server's log",
                isForGood: false, fault);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new ChannelException(
                FormattableString.Invariant(
                    $"mail: {_options.Place} said nothing for {patience.TotalSeconds:0} s; see that server"),
                isForGood: false, fault);
        }
    }

    private async Task<SmtpReply> ReplyAsync(CancellationToken cancel)
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines)
        {
            var line = await LineAsync(cancel);
            if (!SmtpReply.TryLine(line, out var code, out var isLast, out var text))
            {
                break;
            }

            lines.Add(text);
            if (isLast)
            {
                return new SmtpReply(code, lines);
            }
        }

        throw new ChannelException($"mail: what {_options.Place} says is not SMTP; see that the port is a mail "
            + "server's, and smtp.security is what it speaks", isForGood: false);
    }

    private async Task<string> LineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, at).TrimEnd('\r');
                _start += at + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
            {
                return "";
            }

            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (read == 0)
            {
                throw new IOException("it was closed by the other end");
            }

            _end += read;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Weir.Tests.Notifying.Channels;

/// <summary>A mail server that says what a test wants: replies by the first word of a command, all that came in kept
/// apart by whether it was encrypted.</summary>
internal sealed class FakeMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public FakeMailServer(X509Certificate2? certificate = null)
    {
        Certificate = certificate;
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What EHLO is answered with, in clear and after TLS.</summary>
    public string[] Offers { get; set; } = ["DSN", "SIZE 1000000", "AUTH PLAIN LOGIN", "STARTTLS"];

    /// <summary>By command word, <c>.</c> for the mail and <c>hello</c> for the greeting; what stands
    /// nowhere is 250.</summary>
    public Dictionary<string, string> Replies { get; } = new()
    {
        ["hello"] = "220 made ESMTP",
        ["DATA"] = "354 go on",
        ["QUIT"] = "221 bye",
        ["STARTTLS"] = "220 go on",
        ["."] = "250 2.0.0 Ok: queued as 4F2A",
        ["AUTH"] = "235 2.7.0 welcome"
    };

    public X509Certificate2? Certificate { get; }

    /// <summary>Appended to the reply to STARTTLS in the same packet, as somebody in between would.</summary>
    public string Injected { get; set; } = "";

    public List<string> InClear { get; } = [];

    public List<string> Encrypted { get; } = [];

    /// <summary>Each mail as it came, dots still doubled.</summary>
    public List<string> Mails { get; } = [];

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception gone) when (gone is IOException or System.Security.Authentication.AuthenticationException)
            {
                continue; // the other end went, as some tests want
            }
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        await SendAsync(stream, Replies["hello"]);
        var kept = InClear;
        while (await LineAsync(stream) is { } line)
        {
            kept.Add(line);
            var word = line.Split(' ')[0].ToUpperInvariant();
            if (word == "EHLO")
            {
                var lines = new[] { "made at your command" }.Concat(Offers).ToArray();
                await SendAsync(
                    stream,
                    string.Join("\r\n", lines.Select((l, i) => i == lines.Length - 1 ? $"250 {l}" : $"250-{l}")));
                continue;
            }

            var reply = Replies.GetValueOrDefault(
                word, kept.Count > 1 && kept[^2].StartsWith("AUTH LOGIN", StringComparison.Ordinal) ? "334 UGFzc3dvcmQ6"
                : kept.Count > 2 && kept[^3].StartsWith("AUTH LOGIN", StringComparison.Ordinal) ? "235 welcome"
                : "250 2.1.0 Ok");
            reply = line == "AUTH LOGIN" ? "334 VXNlcm5hbWU6" : reply;
            await SendAsync(stream, word == "STARTTLS" && Injected.Length > 0 ? $"{reply}\r\n{Injected}" : reply);
            if (word == "STARTTLS" && reply[0] == '2')
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = Certificate });
                (stream, kept) = (tls, Encrypted);
            }
            else if (word == "DATA" && reply[0] == '3')
            {
                var mail = new StringBuilder();
                while (await LineAsync(stream) is { } part && part != ".")
                {
                    _ = mail.Append(part).Append("\r\n");
                }

                Mails.Add(mail.ToString());
                await SendAsync(stream, Replies["."]);
            }
            else if (word == "QUIT")
            {
                return;
            }
        }
    }

    private static Task SendAsync(Stream stream, string text) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text + "\r\n")).AsTask();

    /// <summary>A line that ends with CRLF; a bare CR or LF stays in it.</summary>
    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var octet = new byte[1];
        while (await stream.ReadAsync(octet, _stop.Token) > 0)
        {
            line.Add(octet[0]);
            if (line is [.., (byte)'\r', (byte)'\n'])
            {
                return Encoding.Latin1.GetString([.. line[..^2]]);
            }
        }

        return null;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Notices;

/// <summary>A mail that a station took.</summary>
internal sealed record ReceivedMail(
    string To, string Protocol, string Subject, string MessageId, string Head, string Body);

/// <summary>Exim as the provider's mail server: demands STARTTLS and a password, takes every mail and keeps
/// it in its queue.</summary>
internal sealed partial class EximServer : IAsyncDisposable
{
    public const string User = "weir";
    public const string Password = "a secret of the mail server";

    private const string OnceEncrypted = "${if eq{$tls_in_cipher}{}{}{*}}";
    private const string Condition = "${if and{{eq{$auth2}{" + User + "}}{eq{$auth3}{" + Password + "}}}}";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-exim-").FullName;
    private Process? _process;

    private EximServer()
    {
    }

    public int Port { get; } = FreePort.Tcp();

    /// <summary>PEM of the certificate, which vouches for itself.</summary>
    public string CaFile => Path.Combine(_folder, "cert.pem");

    public static async Task<EximServer> MakeAsync()
    {
        var station = new EximServer();
        station.Certify();
        File.SetUnixFileMode(station._folder, (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(Path.Combine(station._folder, "exim.conf"), station.Configuration());
        foreach (var part in new[] { "spool", "log" })
        {
            Directory.CreateDirectory(Path.Combine(station._folder, part));
        }

        await Tool.RunAsync(
            "chown", "Debian-exim", Path.Combine(station._folder, "spool"), Path.Combine(station._folder, "log"),
            Path.Combine(station._folder, "key.pem"));
        return station;
    }

    public async Task StartAsync()
    {
        _process = Process.Start(
            new ProcessStartInfo("/usr/sbin/exim4", ["-C", Path.Combine(_folder, "exim.conf"), "-bdf"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true
        })!;
        await Until.IsSoAsync(
            () =>
            {
                Assert.False(_process.HasExited, "exim4 ended at its start");
                return ListensAsync();
            },
            "exim4 listens");
    }

    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>All mails taken so far.</summary>
    public IReadOnlyList<ReceivedMail> Mails()
    {
        var input = Path.Combine(_folder, "spool", "input");
        return Directory.Exists(input) ? [.. Directory.GetFiles(input, "*-H").Select(Read).OfType<ReceivedMail>()] : [];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The spool's header file (Exim specification, chapter 56) and the body beside it; null while
    /// they are written.</summary>
    private static ReceivedMail? Read(string path)
    {
        try
        {
            var head = File.ReadAllText(path, Encoding.Latin1);
            var body = File.ReadAllText($"{path[..^1]}D", Encoding.Latin1);
            var parts = head.Split("\n\n", 2);
            var to = parts[0].Split('\n')[^1];
            string Of(string name) =>
                Regex.Match(parts[1], $@"^\d+.? +{name}:\s*(.*(?:\n[ \t].*)*)", RegexOptions.Multiline
                    | RegexOptions.IgnoreCase).Groups[1].Value;
            var protocol = Protocol().Match(parts[0]).Groups[1].Value;
            return new ReceivedMail(
                to, protocol, Of("Subject"), Of("Message-ID"), parts[1],
                Decoded(body[(body.IndexOf('\n', StringComparison.Ordinal) + 1)..]));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Quoted-printable of every part, read as UTF-8.</summary>
    private static string Decoded(string body)
    {
        var octets = new List<byte>();
        var whole = Soft().Replace(body, "");
        for (var i = 0; i < whole.Length; i++)
        {
            if (whole[i] == '=' && i + 2 < whole.Length && byte.TryParse(
                whole.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                octets.Add((byte)whole[i]);
            }
        }

        return Encoding.UTF8.GetString([.. octets]);
    }

    private void Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(20));
        File.WriteAllText(CaFile, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(Path.Combine(_folder, "key.pem"), UnixFileMode.UserRead);
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Configuration() =>
        $$"""
        spool_directory = {{_folder}}/spool
        log_file_path = {{_folder}}/log/%slog
        pid_file_path = {{_folder}}/spool/exim.pid
        primary_hostname = localhost
        daemon_smtp_ports = {{Port}}
        local_interfaces = 127.0.0.1
        tls_advertise_hosts = *
        tls_certificate = {{_folder}}/cert.pem
        tls_privatekey = {{_folder}}/key.pem
        auth_advertise_hosts = {{OnceEncrypted}}
        queue_only = true
        smtp_accept_max = 0
        host_lookup =
        rfc1413_hosts =
        keep_environment =
        acl_smtp_rcpt = rcpt
        begin acl
        rcpt:
          deny  message = encrypt first
                !encrypted = *
          deny  message = log in first
                !authenticated = *
          accept
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_prompts = :
          server_condition = {{Condition}}
          server_set_id = $auth2
        begin routers
        sink:
          driver = accept
          transport = none
        begin transports
        none:
          driver = appendfile
          file = /dev/null
        """;

    [GeneratedRegex(@"^-received_protocol (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Protocol();

    [GeneratedRegex(@"=\r?\n")]
    private static partial Regex Soft();
}

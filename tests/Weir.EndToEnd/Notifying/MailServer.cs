// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Notifying;

/// <summary>A certificate of the test's own for this machine, as PEM files.</summary>
internal static class TestCertificateFiles
{
    /// <summary>Writes <c>cert.pem</c>, which is its own authority, and <c>key.pem</c>.</summary>
    public static void Write(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(20));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), made.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}

/// <summary>Exim on loopback: STARTTLS with our certificate, AUTH only behind it, receivers <c>later@</c> and
/// <c>gone@</c> refused, all others into one mailbox file.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string Password = "a secret word";

    private readonly TempFolder _folder;
    private readonly Peer _exim;

    public MailServer(TempFolder folder, int port)
    {
        (_folder, Port) = (folder, port);
        var user = Environment.UserName == "root" ? "nobody" : Environment.UserName;
        var group = Environment.UserName == "root" ? "nogroup" : Environment.UserName;
        foreach (var name in new[] { "mail", "mail/spool", "mail/log" })
        {
            _ = Directory.CreateDirectory(folder.At(name));
        }

        TestCertificateFiles.Write(folder.At("mail"));
        _ = folder.File("password", Password + "\n");
        Configuration = folder.File("exim.conf", $$"""
            spool_directory = {{folder.At("mail/spool")}}
            log_file_path = {{folder.At("mail/log")}}/%slog
            pid_file_path = {{folder.At("mail/exim.pid")}}
            keep_environment =
            primary_hostname = mx.test
            local_interfaces = 127.0.0.1
            daemon_smtp_ports = {{port}}
            exim_user = {{user}}
            exim_group = {{group}}
            never_users =
            deliver_drop_privilege = true
            tls_advertise_hosts = *
            tls_certificate = {{folder.At("mail/cert.pem")}}
            tls_privatekey = {{folder.At("mail/key.pem")}}
            dsn_advertise_hosts = *
            auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*} }
            acl_smtp_rcpt = rcpt
            acl_smtp_data = data
            begin acl
            rcpt:
              deny !authenticated = *
              defer local_parts = later
                    message = <$local_part@$domain> is greylisted
              deny local_parts = gone
                   message = no such user <$local_part@$domain>
              accept
            data:
              accept
            begin routers
            all:
              driver = accept
              transport = box
            begin transports
            box:
              driver = appendfile
              file = {{Box}}
              user = {{user}}
            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = ${if and{ {eq{$auth2}{weir} }{eq{$auth3}{{{Password}}} } } }
            login:
              driver = plaintext
              public_name = LOGIN
              server_prompts = Username:: : Password::
              server_condition = ${if and{ {eq{$auth1}{weir} }{eq{$auth2}{{{Password}}} } } }

            """);
        if (Environment.UserName == "root")
        {
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
            Peer.QueryAsync("chown", "-R", $"{user}:{group}", folder.At("mail")).GetAwaiter().GetResult();
        }

        _exim = new Peer("exim4", "-bdf", "-C", Configuration);
    }

    public int Port { get; }

    public string Configuration { get; }

    /// <summary>What it delivered, all mails one after the other.</summary>
    public string Box => _folder.At("mail/box");

    public string CaFile => _folder.At("mail/cert.pem");

    public string PasswordFile => _folder.At("password");

    public string Log =>
        File.Exists(_folder.At("mail/log/mainlog")) ? File.ReadAllText(_folder.At("mail/log/mainlog")) : "";

    public string Said => _exim.Said + Log;

    public async Task StartAsync()
    {
        _exim.Start();
        _ = await Peer.UntilAsync("exim listens", async () =>
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync("127.0.0.1", Port);
                return "yes";
            }
            catch (System.Net.Sockets.SocketException refused)
            {
                return $"{refused.Message} {Said}";
            }
        }, answer => answer == "yes", 120);
    }

    /// <summary>Waits for a text in the mailbox.</summary>
    public Task<string> UntilDeliveredAsync(string text) =>
        Peer.UntilAsync(
            $"a mail with {text}", () => Task.FromResult(File.Exists(Box) ? File.ReadAllText(Box) : Said),
            box => File.Exists(Box) && box.Contains(text, StringComparison.Ordinal), 120);

    public ValueTask DisposeAsync() => _exim.DisposeAsync();
}

// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Weir.Cli;
using Weir.Cli.Commands.Certificates;
using Weir.Hosting.Files;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Tests.Commands;

/// <summary><c>weir certs</c>: what it writes, prints and refuses.</summary>
public sealed class CertsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-certs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_authority_and_a_certificate_for_each_process_are_made_for_their_owner_alone_and_printed()
    {
        var authority = Run("authority", At("ca"), "--name", "Example ISP");
        Assert.StartsWith("CN=Example ISP\t", authority, StringComparison.Ordinal);

        foreach (var role in PeerIdentity.ProcessRoles)
        {
            var line = Run("issue", role, "one", "--authority", At("ca"), "--out", At(role, "tls")).TrimEnd('\n').Split('\t');

            using var made = X509Certificate2.CreateFromPemFile(At(role, "tls", "certificate.pem"), At(role, "tls", "key.pem"));
            Assert.Equal($"{role} one", line[0]);
            Assert.Equal($"{made.NotBefore.ToUniversalTime():u}", line[1]);
            Assert.Equal($"{made.NotAfter.ToUniversalTime():u}", line[2]);
            Assert.Equal($"{CertificateFingerprint.From(made)}", line[3]);
            Assert.Equal($"{role} one", PeerIdentity.Of(made)!.ToString());
            Assert.InRange((made.NotAfter - made.NotBefore).TotalDays, 397, 398);
        }

        Assert.All(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories), file =>
            Assert.Equal(KeyFile.OwnerOnly, File.GetUnixFileMode(file)));
        Assert.All(Directory.EnumerateDirectories(_folder, "*", SearchOption.AllDirectories), folder =>
            Assert.Equal(KeyFile.OwnerFolder, File.GetUnixFileMode(folder)));
    }

    [Theory]
    [InlineData("absent.pem", "there is no file")]
    [InlineData("text.pem", "holds no certificate; name a PEM file")]
    public void What_is_no_certificate_is_said_in_words_of_ours(string name, string why)
    {
        File.WriteAllText(At("text.pem"), "no certificate");

        var refused = Assert.Throws<OperatorException>(() => CertificateIssuer.Read(At(name))).Message;

        Assert.Contains(why, refused, StringComparison.Ordinal);
        Assert.DoesNotContain("error:", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("BIO", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_is_there_is_overwritten()
    {
        Run("authority", At("ca"));
        Run("issue", "desk", "one", "--authority", At("ca"), "--out", At("desk"));
        File.Delete(At("desk", "certificate.pem"));
        var (key, own) = (File.ReadAllText(At("desk", "key.pem")), File.ReadAllText(At("ca", "authority.key")));

        var issued = Refused("issue", "desk", "one", "--authority", At("ca"), "--out", At("desk"));
        var made = Refused("authority", At("ca"));

        Assert.Contains("holds a certificate already; renew it with weir certs renew", issued, StringComparison.Ordinal);
        Assert.Contains("holds an authority already", made, StringComparison.Ordinal);
        Assert.Equal((key, own), (File.ReadAllText(At("desk", "key.pem")), File.ReadAllText(At("ca", "authority.key"))));
    }

    [Fact]
    public void A_renewal_is_of_the_same_process_with_a_new_key()
    {
        Run("authority", At("ca"));
        var first = Run("issue", "collector", "edge-1", "--authority", At("ca"), "--out", At("edge"), "--days", "5");
        var key = File.ReadAllText(At("edge", "key.pem"));

        var second = Run("renew", At("edge"), "--authority", At("ca"));

        Assert.StartsWith("collector edge-1\t", second, StringComparison.Ordinal);
        Assert.NotEqual(first.Split('\t')[3], second.Split('\t')[3]);
        Assert.NotEqual(key, File.ReadAllText(At("edge", "key.pem")));
        Assert.Equal(second, Run("show", At("edge", "certificate.pem")));
    }

    [Fact]
    public void What_cannot_be_done_is_named_with_its_fix()
    {
        Run("authority", At("short"), "--days", "10");
        Assert.Contains("before the certificate would; name fewer --days",
            Refused("issue", "desk", "one", "--authority", At("short"), "--out", At("desk")), StringComparison.Ordinal);
        Assert.Contains("holds no authority that can be used",
            Refused("issue", "desk", "one", "--authority", At("none"), "--out", At("desk")), StringComparison.Ordinal);
        Assert.Contains("'Ed' is no name of a process",
            Refused("issue", "desk", "Ed", "--authority", At("short"), "--out", At("desk")), StringComparison.Ordinal);
        Assert.Contains("there is no file", Refused("show", At("none.pem")), StringComparison.Ordinal);
        Assert.Contains("there is no file", Refused("renew", At("none"), "--authority", At("short")),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("desk")));
        Assert.NotEmpty(CertsCommand.Create().Parse(["authority", At("ca"), "--days", "0"]).Errors);
    }

    private static string Run(params string[] arguments)
    {
        var output = new StringWriter();
        var parsed = CertsCommand.Create().Parse(arguments);
        Assert.Empty(parsed.Errors);
        var code = parsed.Invoke(new InvocationConfiguration
        {
            Output = output, EnableDefaultExceptionHandler = false,
        });
        Assert.Equal(ExitCode.Done, code);
        return output.ToString();
    }

    private static string Refused(params string[] arguments) =>
        Assert.Throws<OperatorException>(() => Run(arguments)).Message;

    private string At(params string[] names) => Path.Combine([_folder, .. names]);
}

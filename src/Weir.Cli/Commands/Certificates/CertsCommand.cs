// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Weir.Hosting.Peers.Certificates;

namespace Weir.Cli.Commands.Certificates;

/// <summary><c>weir certs</c>: an authority of one's own, and the certificates of processes on several
/// machines.</summary>
internal static class CertsCommand
{
    private const int AuthorityDays = 3650;
    private const int CertificateDays = 397;

    public static Command Create() =>
        new("certs", "Certificates for processes on several machines. Example: weir certs issue collector edge-1 "
            + "--authority ca --out edge-1")
        {
            CreateAuthority(), CreateIssue(), CreateRenew(), CreateShow(),
        };

    private static Command CreateAuthority()
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = "Where authority.pem and authority.key go, mode 0600; made where it is not there.",
        };
        var name = new Option<string>("--name")
        {
            Description = "What it calls itself.", DefaultValueFactory = _ => "Weir authority", HelpName = "NAME",
        };
        var days = Days(AuthorityDays);
        var command = new Command(
            "authority",
            "Make an authority: a key and the certificate by which its certificates are believed. Keep the key off the "
            + "machines that Weir runs on. Example: weir certs authority ca") { folder, name, days };
        command.SetAction(parsed => Print(
            parsed.InvocationConfiguration.Output,
            CertificateIssuer.MakeAuthority(
                parsed.GetRequiredValue(folder), parsed.GetRequiredValue(name), parsed.GetRequiredValue(days),
                TimeProvider.System.GetUtcNow())));
        return command;
    }

    private static Command CreateIssue()
    {
        var role = new Argument<string>("PROCESS") { Description = "collector, store, desk or vault." };
        role.AcceptOnlyFromAmong([.. PeerIdentity.ProcessRoles]);
        var name = new Argument<string>("NAME") { Description = "Which one, such as edge-1." };
        var (authority, days) = (Authority(), Days(CertificateDays));
        var folder = new Option<string>("--out")
        {
            Description = "Where certificate.pem and key.pem go, mode 0600; made where it is not there.",
            Required = true, HelpName = "FOLDER",
        };
        var command = new Command(
            "issue",
            "Make a process's key and its certificate. Example: weir certs issue collector edge-1 --authority ca --out "
            + "edge-1") { role, name, authority, folder, days };
        command.SetAction(parsed =>
        {
            var (of, called) = (parsed.GetRequiredValue(role), parsed.GetRequiredValue(name));
            if (!PeerIdentity.TryCreate(of, called, out var identity))
            {
                throw new OperatorException(
                    $"'{called}' is no name of a process; write 1 to {PeerIdentity.LongestName} lower-case letters, "
                    + "digits, hyphens, dots");
            }

            var files = new IssuedFiles(parsed.GetRequiredValue(folder));
            files.RefuseWhereThere();
            return Print(parsed.InvocationConfiguration.Output, CertificateIssuer.Issue(
                parsed.GetRequiredValue(authority), identity, parsed.GetRequiredValue(days), files,
                TimeProvider.System.GetUtcNow()));
        });
        return command;
    }

    private static Command CreateRenew()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where certificate.pem and key.pem are." };
        var (authority, days) = (Authority(), Days(CertificateDays));
        var command = new Command(
            "renew",
            "Put a new key and a new certificate of the same process in the place of old ones. A process that runs "
            + "takes them within seconds. Example: weir certs renew edge-1 --authority ca") { folder, authority, days };
        command.SetAction(parsed =>
        {
            var files = new IssuedFiles(parsed.GetRequiredValue(folder));
            using var old = CertificateIssuer.Read(files.Certificate);
            return PeerIdentity.Of(old) is { } identity
                ? Print(parsed.InvocationConfiguration.Output, CertificateIssuer.Issue(
                    parsed.GetRequiredValue(authority), identity, parsed.GetRequiredValue(days), files,
                    TimeProvider.System.GetUtcNow()))
                : throw new OperatorException(
                    $"{files.Certificate}: names no process of Weir; make one with weir certs issue");
        });
        return command;
    }

    private static Command CreateShow()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Certificates, PEM.", Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "show", "Print whom certificates are for, how long they hold, and the fingerprints of them and of their "
            + "keys. Example: weir certs show edge-1/certificate.pem") { files };
        command.SetAction(parsed =>
        {
            foreach (var file in parsed.GetRequiredValue(files))
            {
                _ = Print(parsed.InvocationConfiguration.Output, CertificateIssuer.Read(file));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string> Authority() => new("--authority")
    {
        Description = "Folder that weir certs authority made.", Required = true, HelpName = "FOLDER",
    };

    private static Option<int> Days(int usual)
    {
        var days = new Option<int>("--days")
        {
            Description = "How long it holds.", DefaultValueFactory = _ => usual, HelpName = "DAYS",
        };
        days.Validators.Add(given =>
        {
            if (given.Errors.Any())
            {
                return;
            }

            if (given.GetValueOrDefault<int>() is < 1 or > AuthorityDays)
            {
                given.AddError($"--days is 1 to {AuthorityDays}");
            }
        });
        return days;
    }

    private static int Print(TextWriter output, X509Certificate2 certificate)
    {
        using (certificate)
        {
            var who = PeerIdentity.Of(certificate)?.ToString() ?? certificate.Subject;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{who}\t{certificate.NotBefore.ToUniversalTime():u}\t{certificate.NotAfter.ToUniversalTime():u}\t")
                + $"{CertificateFingerprint.From(certificate)}\tkey {CertificateFingerprint.OfKey(certificate)}");
            return ExitCode.Done;
        }
    }
}

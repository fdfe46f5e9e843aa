// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Contracts.Passkeys;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Cli.Commands;

/// <summary><c>weir audit</c>: recomputes the audit log, or writes it out.</summary>
internal static class AuditCommand
{
    /// <summary>Requests without an answer that are named one by one.</summary>
    private const int MostNamed = 100;

    /// <param name="countersign">How an auditor signs a head.</param>
    public static Command Create(Command countersign) => new(
        "audit", "The record of every look and every refusal. Example: weir audit verify --config /etc/weir/weir.yaml")
    {
        Verify(), Export(), Signatures(), countersign,
    };

    private static Command Verify()
    {
        var place = new AuditLocationOptions();
        var heads = new Option<string?>("--heads")
        {
            Description = "Heads kept outside: heads.jsonl of auditing.export-dir, an export, lines of syslog, mails "
                + "or posts, or the auditor's own file. Finds a log that was cut, or written anew with its own key.",
            HelpName = "FILE"
        };
        var beside = new Option<string?>("--beside")
        {
            Description = "Folder of the vault's or the store's own log: each release there that the desk asked for "
                + "must have its entry here, under the same number.",
            HelpName = "DIR"
        };
        var differences = new Option<string?>("--differences")
        {
            Description = "Folder of what each load of a list changed, list-differences beside the desk's log: each "
                + "file there must be what the log names.",
            HelpName = "DIR"
        };
        var people = new Option<string[]>("--people")
        {
            Description =
                "The governance whose people's signatures are looked at again; several, latest last, where it "
                + "changed in the record's time.",
            HelpName = "FILE", AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "verify",
            """
            Recompute every entry, every head and every signature. Exit 0 sound, 1 broken: the first broken line is named.

            Example: weir audit verify --dir /var/lib/weir/audit --heads /mnt/evidence/weir/heads.jsonl --beside /var/lib/weir-vault/audit
            """) { place.Directory, place.Config, place.Socket, place.Record, heads, beside, differences, people };
        command.SetAction(async (parsed, cancel) =>
        {
            using var log = await place.OpenAsync(parsed, cancel);
            var output = parsed.InvocationConfiguration.Output;
            var verified = Verify(log.Directory, parsed.GetValue(heads), output);
            if (parsed.GetValue(people) is { Length: > 0 } files && verified == ExitCode.Done)
            {
                verified = Approvals(log.Directory, files, output);
                if (verified == ExitCode.Done && parsed.GetValue(heads) is { } outside)
                {
                    verified = Countersignatures(outside, files, output);
                }
            }

            if (parsed.GetValue(differences) is { } folder && verified == ExitCode.Done)
            {
                verified = Reading(() => AuditDifferences.Hold(log.Directory, folder, output));
            }

            return parsed.GetValue(beside) is { } other && verified == ExitCode.Done
                ? Join(log.Directory, other, output)
                : verified;
        });
        return command;
    }

    private static Command Export()
    {
        var place = new AuditLocationOptions();
        var to = new Option<string>("--out")
        {
            Description = "File to write, or - for standard output.",
            Required = true,
            HelpName = "FILE"
        };
        var command = new Command(
            "export",
            """
            Write the public key, all entries and all heads as JSON lines, exactly as they stand.

            Example: weir audit export --dir /var/lib/weir/audit --out audit.ndjson
            """) { place.Directory, place.Config, place.Socket, place.Record, to };
        command.SetAction(async (parsed, cancel) =>
        {
            using var log = await place.OpenAsync(parsed, cancel);
            return Export(
                log.Directory, parsed.GetValue(to)!, parsed.InvocationConfiguration.Error,
                log.IsCopy ? "the record that the desk gave" : log.Directory);
        });
        return command;
    }

    private static Command Signatures()
    {
        var place = new AuditLocationOptions();
        var to = new Option<string>("--out")
        {
            Description = "Folder to write into; made where it is not there.", Required = true, HelpName = "DIR",
        };
        var command = new Command(
            "signatures",
            """
            Write each text that a person signed, and the signature, as files: REQUEST.NAME.txt and REQUEST.NAME.sig, which ssh-keygen -Y verify checks without Weir. Of a passkey, REQUEST.NAME.client.json and REQUEST.NAME.signed as well, which openssl checks.

            Example: weir audit signatures --dir /var/lib/weir-vault/audit --out signed
            """) { place.Directory, place.Config, place.Socket, place.Record, to };
        command.SetAction(async (parsed, cancel) =>
        {
            using var log = await place.OpenAsync(parsed, cancel);
            var folder = Directory.CreateDirectory(parsed.GetValue(to)!).FullName;
            var entries = Reading(() => AuditReader.Entries(log.Directory)
                .Where(record => record.Entry.Act == AuditActions.SignApproval
                    && record.Entry.Text.Length > 0).ToList());
            foreach (var entry in entries.Select(record => record.Entry))
            {
                var path = Path.Combine(folder, Path.GetFileName($"{entry.Approval}.{entry.Actor}"));
                File.WriteAllText(path + ".txt", entry.Text);
                WriteSignature(path, entry.Signature);
            }

            parsed.InvocationConfiguration.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{entries.Count} signatures written to {folder}"));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What ssh-keygen reads; of a passkey, what any program reads that knows ECDSA or Ed25519.</summary>
    private static void WriteSignature(string path, string signature)
    {
        if (PasskeyAssertion.TryParse(signature, out var assertion))
        {
            File.WriteAllBytes(path + ".client.json", assertion.ClientData);
            File.WriteAllBytes(path + ".signed", assertion.SignedOctets());
            File.WriteAllBytes(path + ".sig", assertion.Signature);
        }
        else
        {
            File.WriteAllText(path + ".sig", signature);
        }
    }

    internal static int Verify(string directory, string? heads, TextWriter output)
    {
        var verdict = Reading(() => AuditVerifier.Verify(directory, heads));
        foreach (var fault in verdict.Faults)
        {
            output.WriteLine($"broken: {fault}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(verdict.IsSound ? "sound" : "BROKEN")}: {verdict.Entries} entries from {verdict.KeptFrom} on and "
                + $"{verdict.Heads} heads hold{Replaced(verdict)}; {verdict.Uncovered} entries wait for their "
                + $"head{(heads is null ? "; compare with heads kept elsewhere: --heads FILE" : Outside(verdict))}"));
        return verdict.IsSound ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Replaced(AuditVerificationResult verdict) => verdict.Replaced == 0 ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $" (and {verdict.Replaced} earlier forms of the last, which only this folder has)");

    private static string Outside(AuditVerificationResult verdict) => string.Create(
        CultureInfo.InvariantCulture,
        $"; held against {verdict.Compared} heads kept outside, {verdict.OfOthers} beside them are of other records");

    /// <summary>Looks at the auditor's signatures in a file of heads; each line of it is held against the record
    /// beside.</summary>
    internal static int Countersignatures(string file, string[] governances, TextWriter output)
    {
        var people = governances.Select(one => GovernanceFile.Read(one).Document.ToPeople()).ToList();
        var (held, faults) = (0, 0);
        foreach (var (line, signature) in Reading(() => Countersignature.In(file).ToList()))
        {
            var looked = people.Select(signature.Verify).ToList();
            if (looked.Exists(one => one.Person is not null))
            {
                held++;
                continue;
            }

            faults++;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"broken: {file}:{line}: the countersignature {looked[^1].Fault}"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(faults == 0 ? "countersigned" : "NOT COUNTERSIGNED")}: {held} heads by auditors, {faults} faults"));
        return faults == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Looks at the signatures of people again.</summary>
    internal static int Approvals(string directory, string[] governances, TextWriter output)
    {
        var people = governances.Select(file => GovernanceFile.Read(file).Document.ToPeople()).ToList();
        var verified = Reading(() => ApprovalVerifier.Verify(directory, people));
        foreach (var fault in verified.Faults)
        {
            output.WriteLine($"broken: {fault}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(verified.Faults.Count == 0 ? "approved" : "NOT APPROVED")}: {verified.Signatures} signatures of people "
                + $"hold, {verified.Acts} acts rest on two of them, {verified.Faults.Count} faults"));
        return verified.Faults.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Verifies the other log too, then joins the two.</summary>
    internal static int Join(string desk, string other, TextWriter output)
    {
        if (Verify(other, null, output) is not ExitCode.Done and var broken)
        {
            return broken;
        }

        var joined = Reading(() => ChainJoin.Between(desk, other));
        foreach (var missing in joined.Missing)
        {
            output.WriteLine($"broken: {missing}");
        }

        foreach (var unanswered in joined.Unanswered.Take(MostNamed))
        {
            output.WriteLine($"unanswered: {unanswered}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(joined.Missing.Count == 0 ? "joined" : "NOT JOINED")}: {joined.Joined} requests stand in both, "
                + $"{joined.Unanswered.Count} of the desk's have none in the other (it was away, or its record was "
                + $"cut: verify it with heads kept elsewhere), {joined.Missing.Count} releases lack the desk's entry"));
        return joined.Missing.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    internal static int Export(string directory, string to, TextWriter error, string? what = null)
    {
        var (entries, heads) = Reading(() =>
        {
            using var stream =
                to == "-" ? Console.OpenStandardOutput() : new FileStream(to, FileMode.CreateNew, FileAccess.Write);
            return AuditExport.Write(directory, stream);
        });
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"weir: {entries} entries and {heads} heads of "
            + $"{what ?? directory} written to {(to == "-" ? "standard output" : to)}"));
        return ExitCode.Done;
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is AuditException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(fault.Message, ExitCode.Unreadable);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Weir.Cli.Commands.Governing;
using Weir.Contracts.Approvals;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Files;

namespace Weir.Cli.Commands.Watchlists;

/// <summary><c>weir watchlist sign</c>: an owner signs a version of a list. Speaks with no process.</summary>
internal static class WatchlistSignCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The list, as it will lie or be published." };
        var list = new Option<string>("--list")
        {
            Description = "What matching.lists calls it.", Required = true, HelpName = "NAME",
        };
        var key = SshKeygen.KeyOption();
        var command = new Command(
            "sign",
            """
            Sign a version of a list as its owner, and write FILE.sig. What is signed is printed: the list's name, the time, and the SHA-256 of the file. A version signed earlier than the one in force is refused; to go back to it, sign it anew.

            Example: weir watchlist sign cert-c2.txt --list cert-c2 --key ~/.ssh/lists
            """) { file, list, key };
        command.SetAction((parsed, cancel) => SignAsync(
            parsed.GetValue(file)!, parsed.GetValue(list)!, SshKeygen.KeyOf(parsed, key), TimeProvider.System,
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    internal static async Task<int> SignAsync(
        string file, string list, string key, TimeProvider time, TextWriter output, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var says = new ListStatement(list, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)), DigestOf(file));
        if (!ListStatement.TryParse(says.ToString(), out _))
        {
            throw new OperatorException($"'{list}' is no name of a list");
        }

        await output.WriteAsync(says.ToString());
        var signature = await SshKeygen.SignAsync(
            Encoding.UTF8.GetBytes(says.ToString()), key, SignatureNamespace.List, cancel);
        var beside = SignedList.SignatureOf(file);
        try
        {
            AtomicFile.Write(beside, new ListSignature(says, signature).ToString());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{beside} cannot be written: {fault.Message}", ExitCode.Failed);
        }

        await output.WriteLineAsync($"signed with {signature.Key.Fingerprint}, in {beside}");
        return ExitCode.Done;
    }

    private static string DigestOf(string file)
    {
        try
        {
            return OrdinaryFile.ReadIfAny(file, SignedList.MaxOctets) is { } octets ? ListDigest.Of(octets)
                : throw new OperatorException($"{file} is not there");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be signed: {fault.Message}");
        }
    }
}

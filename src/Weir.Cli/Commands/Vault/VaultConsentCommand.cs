// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Hosting.VaultClient;
using Weir.Vault;
using Weir.Wire;

namespace Weir.Cli.Commands.Vault;

/// <summary><c>weir vault consent</c>: a customer asks for a diagnosis of the own line (rules.md R20).</summary>
internal static class VaultConsentCommand
{
    private const int Hours = 2;

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var address = new Argument<string>("ADDRESS") { Description = "An address that the line has now." };
        var port = new Option<ushort?>("--port") { Description = "Source port, where lines share the address." };
        var named = new Option<string?>("--class")
        {
            Description = "What may be looked at: \"DIRECTION PROTOCOL PORTS ADDRESSES\", such as \"out tcp 25\"; at "
                + "most 8 remote ports and addresses.",
            HelpName = "CLASS"
        };
        var hours = new Option<int>("--hours")
        {
            Description = "How long, from now: 1 or 2.",
            DefaultValueFactory = _ => Hours
        };
        var revoke = new Option<bool>("--revoke")
        {
            Description = "Withdraw every consent of the line: its scopes end and what they held is erased."
        };
        var command = new Command(
            "consent",
            """
            Sign a customer's consent to a diagnosis of the own line, as a token for the desk, which opens one scope with it. Asked of a running vault by its own user or one of vault.officers who has the customer before them, and on record there.

            Example: weir vault consent 192.0.2.7 --class "out tcp 25" --config /etc/weir/vault.yaml > consent.txt
            """) { address, port, named, hours, revoke, config };
        command.SetAction(async (parsed, cancel) =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var line = Line(parsed.GetValue(address)!);
            using var peer = Peer(settings.Vault);
            var vault = new OperatorVaultClient(peer.Client);
            var output = parsed.InvocationConfiguration.Output;
            await SayRefusalsAsync(async () => await (parsed.GetValue(revoke)
                ? output.WriteLineAsync(
                    $"{await vault.WithdrawConsentsAsync(line, parsed.GetValue(port), cancel)} withdrawn")
                : output.WriteAsync(await vault.GiveConsentAsync(
                    line, parsed.GetValue(port), Class(parsed.GetValue(named)), parsed.GetValue(hours), cancel))));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task SayRefusalsAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (VaultRefusedException refused)
        {
            throw new OperatorException($"{refused.Word}: {refused.Message}", ExitCode.Failed);
        }
        catch (Exception refused) when (refused is VaultDownException or EpochKeyException)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }

    private static IpKey Line(string text) => IpKey.TryParse(text, out var read)
        ? read
        : throw new OperatorException($"'{text}' is not an address; write 192.0.2.7 or 2001:db8::7");

    private static VaultPeer Peer(VaultOptions place) => new(
        place.Socket
            ?? throw new OperatorException("vault.socket is not set, so no vault can be asked; name its socket"),
        place.User);

    private static FlowPredicate Class(string? text) =>
        text is null
            ? throw new OperatorException("--class is not given: name what may be looked at, such as \"out tcp 25\"")
        : PredicateText.TryRead(
            string.Join('/', text.Split([' ', '/'], StringSplitOptions.RemoveEmptyEntries)), out var named)
            ? named
        : throw new OperatorException($"--class '{text}' cannot be read; write direction, protocol, remote ports, "
            + "remote addresses: \"out tcp 25\" or \"both tcp 443 192.0.2.7\"");
}

// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Desk.Policy;

namespace Weir.Cli.Commands;

/// <summary><c>weir policy</c>: shows, checks and signs policy files.</summary>
internal static class PolicyCommand
{
    public static Command Create() =>
        new("policy", "The rules of looking as files. Example: weir policy show us-provider")
        {
            CreateShow(), Check(), Sign()
        };

    private static Command CreateShow()
    {
        var name = new Argument<string>("profile")
        {
            Description = "us-provider, eu-provider or lab.",
            DefaultValueFactory = _ => "us-provider"
        };
        var command = new Command(
            "show", "Print a policy that comes with Weir. Example: weir policy show eu-provider > policy.yaml")
        {
            name
        };
        command.SetAction(parsed => Print(parsed.GetValue(name)!, parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "The policy file." };
        var signer = new Option<string?>("--signer")
        {
            Description = "Public key, PEM, whose signature counts.",
            HelpName = "FILE"
        };
        var command = new Command(
            "check",
            """
            Say whether a policy may be in force: every fault is listed. A file that loosens a rule needs a signature.

            Example: weir policy check policy.yaml --signer signer.pem
            """) { file, signer };
        command.SetAction(parsed => Check(
            parsed.GetValue(file)!, parsed.GetValue(signer), parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static Command Sign()
    {
        var file = new Argument<string>("file") { Description = "The policy file." };
        var key = new Option<string>("--key")
        {
            Description = "Private key on P-256, PEM, of who answers for the policy.",
            Required = true,
            HelpName = "FILE"
        };
        var command = new Command(
            "sign", "Sign a policy: writes FILE.sig beside it. Example: weir policy sign policy.yaml --key signer.key")
        {
            file, key
        };
        command.SetAction(parsed => Sign(
            parsed.GetValue(file)!, parsed.GetValue(key)!, parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    internal static int Print(string profile, TextWriter output)
    {
        try
        {
            output.Write(PolicyReader.BuiltInText(profile));
            return ExitCode.Done;
        }
        catch (ArgumentException)
        {
            throw new OperatorException($"there is no policy '{profile}'; it is us-provider, eu-provider or lab");
        }
    }

    internal static int Check(string file, string? signer, TextWriter output, TextWriter error) => Try(error, () =>
    {
        var policy = PolicyReader.ReadFile(file, signer);
        var loosened = PolicyLimits.Loosened(policy).ToList();
        output.WriteLine($"{file}: sound, policy {policy.Name}, a form of "
            + $"{policy.Profile}{(loosened.Count > 0 ? ", signed" : "")}, SHA-256 {policy.Digest}");
        loosened.ForEach(sentence => output.WriteLine($"loosened by signature: {sentence}"));
    });

    internal static int Sign(string file, string key, TextWriter output, TextWriter error) =>
        Try(error, () => output.WriteLine($"signature written to {PolicySignature.Sign(file, key)}"));

    private static int Try(TextWriter error, Action work)
    {
        try
        {
            work();
            return ExitCode.Done;
        }
        catch (PolicyException refused)
        {
            foreach (var fault in refused.Faults)
            {
                error.WriteLine($"weir: {fault}");
            }

            return ExitCode.BadArguments;
        }
    }
}

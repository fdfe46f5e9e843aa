// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Weir.Cli.Commands.Flows;

/// <summary>Files as arguments. A word that looks like an option is a mistyped option, not a file
/// that is not there.</summary>
internal static class InputArgument
{
    public static Argument<string[]> Create(string description, ArgumentArity arity)
    {
        var inputs = new Argument<string[]>("INPUT") { Description = description, Arity = arity };
        inputs.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(
                token => token.Value.StartsWith("--", StringComparison.Ordinal) && !File.Exists(token.Value)))
            {
                result.AddError($"option '{token.Value}' is not known");
            }
        });
        return inputs;
    }
}

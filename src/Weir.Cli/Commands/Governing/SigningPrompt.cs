// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Commands.Governing;

/// <summary>Asks whether what was shown is to be signed.</summary>
internal static class SigningPrompt
{
    /// <param name="isSure">Nobody needs to be asked.</param>
    /// <exception cref="OperatorException">The answer is no, or nobody is there to be asked.</exception>
    public static void Ask(bool isSure)
    {
        if (isSure)
        {
            return;
        }

        if (Console.IsInputRedirected)
        {
            throw new OperatorException("nobody is there to be asked; add --yes where the text above was read");
        }

        Console.Error.Write("Sign this? [y/N] ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
        {
            throw new OperatorException("nothing was signed", ExitCode.Failed);
        }
    }
}

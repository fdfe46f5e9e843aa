// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Weir.Cli.Entry;

/// <summary>Help that calls the program <c>weir</c>, as its launcher does, and not by the name of its file.</summary>
internal sealed class RenamedHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    public const string Name = "weir";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        var written = new StringWriter();
        configuration.Output = written;
        try
        {
            return inner.Invoke(parseResult);
        }
        finally
        {
            configuration.Output = output;
            output.Write(
                written.ToString().Replace($"  {RootCommand.ExecutableName} ", $"  {Name} ", StringComparison.Ordinal));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Commands;

var weir = new RootCommand("Weir finds infected subscribers and unknown C&Cs from flow exports.")
{
    CheckCommand.Create(),
    DumpCommand.Create(),
};

return weir.Parse(args).Invoke();

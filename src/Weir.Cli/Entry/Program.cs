// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Commands.Processes;
using Weir.Cli.Entry;

StandardOutput.Guard();

// The store's child is started by Weir itself, with arguments of its own.
return args is [FlowStoreCommand.Name, .. var rest]
    ? await FlowStoreCommand.RunAsync(rest)
    : await CommandTree.RunAsync(args);

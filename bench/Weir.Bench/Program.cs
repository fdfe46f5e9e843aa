// SPDX-License-Identifier: Apache-2.0
using Weir.Bench;

switch (args.FirstOrDefault())
{
    case "digest":
        DigestBench.Run(Console.Out);
        return 0;
    default:
        await Console.Error.WriteLineAsync("name a bench: digest");
        return 2;
}

// SPDX-License-Identifier: Apache-2.0
using Weir.Bench;

switch (args.FirstOrDefault())
{
    case "digest":
        DigestBench.Run(Console.Out);
        return 0;
    case "watchlist":
        WatchlistBench.Run(Console.Out);
        return 0;
    case "accuracy":
        return AccuracyCommand(args);
    default:
        await Console.Error.WriteLineAsync("name a bench: digest, accuracy [SEEDS [FILE]]");
        return 2;
}

static int AccuracyCommand(string[] args)
{
    var seeds = args.Length > 1 && int.TryParse(args[1], System.Globalization.CultureInfo.InvariantCulture, out var given) && given > 0 ? given : 10;
    using var page = new StringWriter();
    Accuracy.Run(page, seeds);
    if (args.Length > 2)
    {
        File.WriteAllText(args[2], page.ToString());
    }

    Console.Write(page);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
//
// Stands for what a router's line cards do: the flow tables of BIRD, and nothing else, put in force. BIRD carries
// FlowSpec and Linux filters packets, but nothing leads from the one to the other. Blackholes need no agent: BIRD puts
// them into the kernel's routes itself.
using Weir.Desk.Reporting.Html;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>Asks BIRD every half second and writes nftables of the router's namespace when the
/// answer changed.</summary>
internal sealed class FlowSpecAgent : IAsyncDisposable
{
    private const string Table = "flowspec";

    private readonly NetworkNamespace _router;
    private readonly Func<Task<string>> _askBird;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    public FlowSpecAgent(NetworkNamespace router, Func<Task<string>> askBird)
    {
        (_router, _askBird) = (router, askBird);
        _running = RunAsync();
    }

    /// <summary>The ruleset in force, with its counters, as nft lists it.</summary>
    public Task<string> ShowAsync() => _router.QueryAsync("nft", "list", "table", "inet", Table);

    /// <summary>The program that nft is given for some rules.</summary>
    public static string Program(IEnumerable<FlowRule> rules) => $$"""
        table inet {{Table}} {}
        delete table inet {{Table}}
        table inet {{Table}} {
          chain forward {
            type filter hook forward priority 0; policy accept;
        {{string.Join('\n', rules.Select(rule => $"    {rule.ToNft()}"))}}
          }
        }

        """;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _end.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync()
    {
        var inForce = "";
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        do
        {
            var program = Program(
                FlowRule.Parse(await _askBird()).OrderBy(rule => rule.ToNft(), StringComparer.Ordinal));
            if (program != inForce)
            {
                await _router.RunAsync("nft", "-f", _folder.File("rules.nft", program));
                inForce = program;
            }
        }
        while (await NextAsync());

        async Task<bool> NextAsync()
        {
            try
            {
                return await pace.WaitForNextTickAsync(_end.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }
}

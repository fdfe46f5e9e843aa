// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Reporting.Html;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>An operator's faults, asked of the program itself: one sentence, the right exit code, nothing
/// half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Table =
        "src_ip,dst_ip,proto,packets,bytes,start\n10.0.0.1,192.0.2.7,6,3,180,2026-01-05 00:00:00\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> RefusedAsync(int exitCode, params string[] arguments)
    {
        var output = _folder.At("out");
        var result = await WeirProcess.RunAsync([.. arguments, "--out", output]);
        Assert.True(result.ExitCode == exitCode, $"exit {result.ExitCode}: {result.Error}");
        Assert.Empty(result.Out);
        Assert.False(Directory.Exists(output));
        var line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("weir: ", line, StringComparison.Ordinal);
        return line;
    }

    private string Flows => _folder.File("flows.csv", Table);

    [Fact]
    public async Task A_network_with_host_bits_is_named_with_its_place_and_the_mend()
    {
        Assert.Contains(
            "--networks, entry 2: '192.0.2.1/24' is not a network; did you mean 192.0.2.0/24?",
            await RefusedAsync(2, "analyze", Flows, "--networks", "10.0.0.0/8,192.0.2.1/24"), StringComparison.Ordinal);

        var file = _folder.File("networks.txt", "# ours\n10.0.0.0/8\n10.0.0.300\n");
        Assert.Contains(
            $"{file}, entry 3: '10.0.0.300' is not a network",
            await RefusedAsync(2, "analyze", Flows, "--networks", "@" + file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_that_is_absent_or_unknown_ends_with_3()
    {
        Assert.Contains(
            "absent.pcap",
            await RefusedAsync(3, "analyze", Flows, _folder.At("absent.pcap"), "--networks", "10.0.0.0/8"),
            StringComparison.Ordinal);
        var odd = _folder.File("odd.bin", "\0\u0001\u0002\u0003 no capture of any kind");
        Assert.Contains(
            "begins like nothing Weir reads", await RefusedAsync(3, "analyze", odd, "--networks", "10.0.0.0/8"),
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot be read", await RefusedAsync(3, "analyze", Flows, "--networks", "@" + _folder.At("absent.txt")),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--profile 'strict' is not known; it is us-provider, eu-provider or lab", "--profile", "strict")]
    [InlineData("--since 2026-01-02 is not before --until 2026-01-01", "--since", "2026-01-02",
        "--until", "2026-01-01")]
    [InlineData("--since 'yesterday' is not a time", "--since", "yesterday")]
    [InlineData("--ipv6-subject-length 0 is not a prefix length", "--ipv6-subject-length", "0")]
    [InlineData("--columns 'source' is not MEANING=HEADER", "--columns", "source")]
    [InlineData("--columns 'colour' is no meaning Weir knows", "--columns", "colour=src_ip")]
    [InlineData("has role 'bad'; a role is c2, sinkhole", "--watchlist", "c2.txt,role=bad")]
    [InlineData("Cannot parse argument 'many'", "--seed", "many")]
    [InlineData("see weir analyze --help", "--colour")]
    public async Task A_wrong_argument_is_named(string words, params string[] arguments) =>
        Assert.Contains(
            words, await RefusedAsync(2, ["analyze", Flows, "--networks", "10.0.0.0/8", .. arguments]),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_list_that_is_none_is_named_with_its_first_refused_line()
    {
        var list = _folder.File("c2.txt", "dear sir\nno addresses here\n");
        var said = await RefusedAsync(3, "analyze", Flows, "--networks", "10.0.0.0/8", "--watchlist", list);
        Assert.Contains(list, said, StringComparison.Ordinal);
        Assert.Contains("line 1", said, StringComparison.Ordinal);
        Assert.Contains(
            "absent.txt",
            await RefusedAsync(
                3, "analyze", Flows, "--networks", "10.0.0.0/8", "--watchlist", _folder.At("absent.txt")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_named()
    {
        var taken = _folder.File("taken", "");
        var result = await WeirProcess.RunAsync(
            "analyze", Flows, "--networks", "10.0.0.0/8", "--out", Path.Combine(taken, "report"));
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(
            $"weir: --out {taken}", Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Empty(result.Out);
    }

    [Fact]
    public async Task The_selftest_passes_in_a_folder_of_its_own()
    {
        var result = await WeirProcess.RunAsync("selftest");
        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        var lines = result.Out.TrimEnd('\n').Split('\n');
        Assert.All(lines[..^1], line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Equal($"{lines.Length - 1}/{lines.Length - 1}", lines[^1]);
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Cli;
using Weir.Cli.Commands.Watchlists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Tests.Contracts.Ssh;

namespace Weir.Tests.Commands;

/// <summary>An owner signs a list, with Weir and without, and anybody verifies it without.</summary>
public sealed class WatchlistSignTests : IDisposable
{
    private const string Verify = """
        sed '/^-----BEGIN/,$d' cert-c2.txt.sig > said
        sed -n '/^-----BEGIN/,$p' cert-c2.txt.sig > said.sig
        ssh-keygen -Y verify -f owners -I lists@cert.example -n weir-list -s said.sig < said
        """;

    private const string Sign = """
        printf 'weir-list/1\nlist: %s\nsigned-at: %s\nsha256: %s\n' cert-c2 "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
            "$(sha256sum < cert-c2.txt | cut -c1-64)" > said
        { cat said; ssh-keygen -Y sign -q -f lists -n weir-list < said; } > cert-c2.txt.sig
        """;

    private readonly SshKeygen _keygen = new();

    public void Dispose() => _keygen.Dispose();

    private string List => _keygen.At("cert-c2.txt");

    /// <summary>As the documentation has it.</summary>
    private int Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", script])
        {
            WorkingDirectory = _keygen.At(""), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private SignedList Read(SshPublicKey owner) =>
        SignedList.Read(OwnedList.In(List, "cert-c2", owner), null, TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task What_is_signed_is_printed_and_ssh_keygen_alone_verifies_it()
    {
        var line = _keygen.Make("lists", "-t", "ed25519");
        Assert.True(SshPublicKey.TryParse(line, out var owner));
        File.WriteAllText(_keygen.At("owners"), $"lists@cert.example namespaces=\"weir-list\" {line}");
        File.WriteAllText(List, "192.0.2.1\n");
        var output = new StringWriter();
        var time = new FakeTimeProvider(new(2026, 12, 1, 3, 4, 5, 678, TimeSpan.Zero));

        Assert.Equal(ExitCode.Done, await WatchlistSignCommand.SignAsync(
            List, "cert-c2", _keygen.At("lists"), time, output, TestContext.Current.CancellationToken));
        Assert.StartsWith(
            "weir-list/1\nlist: cert-c2\nsigned-at: 2026-12-01T03:04:05Z\nsha256: "
                + $"{ListDigest.Of("192.0.2.1\n"u8)}\n",
            output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(
            $"signed with {owner.Fingerprint}, in {List}.sig\n", output.ToString(), StringComparison.Ordinal);
        Assert.Null(Read(owner).Fault);
        Assert.Equal(0, Run(Verify));
        Assert.StartsWith(File.ReadAllText(_keygen.At("said")), output.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, Run("sed -i s/cert-c2/cert-c3/ cert-c2.txt.sig"));
        Assert.NotEqual(0, Run(Verify));
        Assert.Equal("bad-signature", Read(owner).Fault!.Refusal);

        Assert.Equal(0, Run(Sign));
        Assert.Equal(0, Run(Verify));
        Assert.Null(Read(owner).Fault);
    }

    [Fact]
    public async Task What_cannot_be_signed_is_said_and_leaves_nothing()
    {
        _ = _keygen.Make("lists", "-t", "ed25519");
        Assert.Contains("is not there", (await RefusedAsync("cert-c2")).Message, StringComparison.Ordinal);
        File.WriteAllText(List, "192.0.2.1\n");
        Assert.Contains("is no name of a list", (await RefusedAsync("two\nlines")).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(List + ".sig"));

        Task<OperatorException> RefusedAsync(string list) =>
            Assert.ThrowsAsync<OperatorException>(() => WatchlistSignCommand.SignAsync(
                List, list, _keygen.At("lists"), TimeProvider.System, TextWriter.Null,
                TestContext.Current.CancellationToken));
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Client;
using Weir.Vault.Serving;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault.Serving;

/// <summary>The vault behind its socket, and its client, in one process.</summary>
public sealed class VaultServerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-vs-").FullName;
    private readonly InMemoryAuditLog _audit = new();
    private readonly ListedIdentity _identity = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private VaultClient _client = null!;
    private Task _running = Task.CompletedTask;

    private string Socket => Path.Combine(_folder, "v.sock");

    private static CaseId Id => new(77);

    private uint Now => Epochs.At(_time.GetUtcNow());

    public async ValueTask InitializeAsync()
    {
        _running = Server().RunAsync(_ => new(_identity, _audit, new NoSubjectRecords()), _stop.Token);
        _client = new VaultClient(Socket);
        await Until.IsSoAsync(() =>
        {
            Assert.False(_running.IsCompleted, _running.Exception?.ToString());
            return AnswersAsync();
        });

        async Task<bool> AnswersAsync()
        {
            try
            {
                await _client.PingAsync(default);
                return true;
            }
            catch (VaultDownException)
            {
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_case_goes_its_whole_way_over_the_socket()
    {
        var address = IpKey.Parse("10.0.0.7");
        using var names = Pseudonymizer.UnderKey(await _client.EpochKeyAsync(Now, default));

        var name = await _client.AttributeAsync(address, null, _time.GetUtcNow(), default);
        Assert.Equal(names.Pseudonymize(address), name);
        await _client.SealAsync(Id, name!.Value, Now, default);
        var next = await _client.ReissueAsync([Id], Now + 1, default);
        using var later = Pseudonymizer.UnderKey(await _client.EpochKeyAsync(Now + 1, default));
        Assert.Equal(later.Pseudonymize(address), next[Id]);
        var view = await _client.DiscloseAsync(Order(), default);
        Assert.Equal("10.0.0.7", view.Line);
        Assert.Equal(
            Id.ToString(),
            Assert.Single((await _client.SubjectAsync(address, null, _time.GetUtcNow(), default)).Cases).Case);
        Assert.Equal("10.0.0.7/32", (await _client.PrefixAsync(Id, new ScopeId(5), default)).ToString());
        Assert.Empty(await _client.PrefixesAsync(Id, new ScopeId(5), v6: true, default));
        await _client.DestroyAsync(Id, default);
        Assert.Equal(DenyCode.Unknown, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.PrefixAsync(Id, new ScopeId(5), default))).Code);
        Assert.Equal(DenyCode.Unknown, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.DiscloseAsync(Order() with { Number = "2" }, default))).Code);
        Assert.Equal(await _client.CohortKeyAsync(Now, default), await _client.CohortKeyAsync(Now, default));

        Assert.Contains(_audit.Entries, e => e.Act == AuditActions.GiveKey && e.Actor != "weir");
        Assert.All(new[]
        {
            AuditActions.Attribute, AuditActions.SealSubject, AuditActions.Reissue, AuditActions.Disclose,
            AuditActions.ShowSubject, AuditActions.GiveLine, AuditActions.KeyErased
        }, act => Assert.Contains(_audit.Entries, e => e.Act == act));
        Assert.DoesNotContain(_audit.Entries, e => e.ToString().Contains("10.0.0.7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_come_back_with_their_code_and_a_key_that_is_no_more_as_such()
    {
        Assert.Null(await _client.AttributeAsync(IpKey.Parse("198.51.100.7"), null, _time.GetUtcNow(), default));
        Assert.Equal(DenyCode.Unattributable, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.SealAsync(Id, new SubjectKey(1), Now, default))).Code);
        await Assert.ThrowsAsync<EpochKeyException>(() => _client.EpochKeyAsync(3, default));
        await Assert.ThrowsAsync<EpochKeyException>(() => _client.EpochKeyAsync(Now + 5, default));
        _audit.Fails = true;
        Assert.Contains(
            "disk is full",
            (await Assert.ThrowsAsync<VaultDownException>(() => _client.EpochKeyAsync(Now, default))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/seal", "{}")]
    [InlineData("v1/seal", "")]
    [InlineData("v1/seal", """{"case":"c-1","subject":"p-1","epoch":1}""")]
    [InlineData("v1/attribute", """{"address":"nobody","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("v1/disclose", """{"case":"c-0000000000000001","surprise":1}""")]
    [InlineData("v1/disclose", "[[[[")]
    public async Task What_cannot_be_understood_is_refused_and_said(string path, string body)
    {
        using var http = Http();

        using var answer = await http.PostAsync(
            path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<RefusalResponse>())!.Why);
    }

    [Fact]
    public async Task The_intake_table_comes_whole_then_in_changes_and_names_stay_in_the_vault()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _identity.Add("10.9.0.1/32", "user:ann", now - 1_000);
        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, id: 50);
        var holder = new CurrentIntakeTable();
        var feed = new IntakeFeed(_client, holder, _time);

        Assert.True(await feed.RefreshAsync(default));
        Assert.Equal(2, feed.Rows);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.1"), 80, now, out var ann));
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, now, out var bob));
        Assert.NotEqual(ann, bob);
        Assert.True(SubscriberLineId.IsLine(ann));

        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, now, id: 50);
        _identity.Add("10.9.0.2/32", "user:ann", now);
        Assert.True(await feed.RefreshAsync(default));

        Assert.Equal(3, feed.Rows);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, now - 1, out var before));
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, now, out var after));
        Assert.Equal((bob, ann), (before, after));
        var table = holder.Table;
        Assert.True(await feed.RefreshAsync(default));
        Assert.Same(table, holder.Table);
        using var http = Http();
        Assert.DoesNotContain("user:ann", await http.GetStringAsync("v1/intake"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_started_again_gives_the_whole_table_and_one_that_is_gone_leaves_the_last()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _identity.Add("10.9.0.1/32", "user:ann", now - 1_000, id: 1);
        _identity.Add("10.9.0.2/32", "user:bob", now - 1_000, id: 2);
        var holder = new CurrentIntakeTable();
        var feed = new IntakeFeed(_client, holder, _time);
        await feed.RefreshAsync(default);
        await StopAsync();

        Assert.False(await feed.RefreshAsync(default));
        Assert.Contains("does not answer", feed.Fault, StringComparison.Ordinal);
        Assert.True(holder.TryFind(IpKey.Parse("10.9.0.1"), 80, now, out _));

        var fresh = new ListedIdentity();
        fresh.Add("10.9.0.1/32", "user:ann", now - 1_000, id: 1);
        using var stop = new CancellationTokenSource();
        var again = Server().RunAsync(_ => new(fresh, _audit, new NoSubjectRecords()), stop.Token);
        await Until.IsSoAsync(() => feed.RefreshAsync(default));

        Assert.Equal(1, feed.Rows);
        Assert.False(holder.TryFind(IpKey.Parse("10.9.0.2"), 80, now, out _));
        await stop.CancelAsync();
        await again;
    }

    [Fact]
    public async Task Two_vaults_do_not_share_a_folder_and_one_that_is_gone_is_down()
    {
        var second = await Assert.ThrowsAsync<IOException>(() => Server(Path.Combine(_folder, "w.sock")).RunAsync(
            _ => new(_identity, _audit, new NoSubjectRecords()), default));
        Assert.Contains("in use by another", second.Message, StringComparison.Ordinal);

        await StopAsync();

        Assert.False(File.Exists(Socket));
        var down = await Assert.ThrowsAsync<VaultDownException>(() => _client.DestroyAsync(Id, default));
        Assert.Contains(Socket, down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_is_its_groups_and_nobody_elses()
    {
        await _client.PingAsync(default);

        const UnixFileMode Wanted = UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.Equal(Wanted, File.GetUnixFileMode(Socket));
    }

    [Fact]
    public async Task A_user_that_does_not_exist_and_a_path_that_is_too_long_end_the_start()
    {
        var options = Options(Path.Combine(_folder, "x.sock")) with { Folder = Path.Combine(_folder, "other") };
        var unknown =
            options with { Users = new Dictionary<string, VaultRights> { ["nobody-of-that-name"] = VaultRights.Desk } };
        Assert.Contains("nobody-of-that-name", (await RefusedAsync(unknown)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "longer than", (await RefusedAsync(options with { Socket = "/" + new string('x', 120) })).Message,
            StringComparison.Ordinal);
    }

    private Task<InvalidDataException> RefusedAsync(VaultOptions options) => Assert.ThrowsAsync<InvalidDataException>(
        () => new VaultServer(options, _time, NullLoggerFactory.Instance).RunAsync(
            _ => new(_identity, _audit, new NoSubjectRecords()), default));

    private VaultOptions Options(string? socket = null) => new()
    {
        Socket = socket ?? Socket,
        Folder = Path.Combine(_folder, "vault"),
        Networks = SmallVault.Networks,
        AllowRoot = true
    };

    private VaultServer Server(string? socket = null) => new(Options(socket), _time, NullLoggerFactory.Instance);

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private HttpClient Http() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://vault/"),
    };

    private static DisclosureOrder Order() => new(
        Id, new ScopeId(5), "ann", "analyst", "otto", "privacy-officer", "the customer is to be told how to clean up");
}

// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Configuring;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Tests.VaultProcess;
using Weir.Vault;
using Weir.Vault.Customers;
using Weir.Vault.Identity.Records;
using Weir.Vault.Notifying;
using Weir.Wire;

namespace Weir.Tests.Vault.Notifying;

/// <summary>The pipe between processes: what the desk sends, what the customer gets, what the desk learns.</summary>
public sealed class NoticeGatewayTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(77);
    private static readonly ScopeId Scope = new(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-np-").FullName;
    private readonly RecordingMessageSender _script = new();
    private VaultHouse _house = null!;
    private DeskVaultClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var contacts = Path.Combine(_folder, "contacts.csv");
        await File.WriteAllTextAsync(
            contacts, "line,mail,language\n10.0.0.7,ann@example.net,de\nnonsense,x@example.net,\n");
        File.SetUnixFileMode(contacts, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _house = await VaultHouse.OpenAsync(options => options with
        {
            Notices = (naming, texts, _) => new(
                CustomerContactFile.Open(
                    contacts, naming, texts.Languages, "en", TimeProvider.System, NullLogger.Instance),
                new NoticeDeliveryOptions { Provider = "P", Phone = "1", Page = new("https://example.org") },
                new MessageNoticeChannel("script", _script)),
            Settings = (WeirConfiguration)options.Settings with
            {
                Selfservice = new()
                {
                    Enabled = true, Listen = new(System.Net.IPAddress.Loopback, 0),
                    Public = new Uri("https://help.example.net/weir"), Provider = "P", Contact = "1",
                },
            },
        });
        _client = _house.Desk();
        await _client.SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_notice_goes_its_whole_way_with_every_fact_and_the_answer_has_nothing_of_the_customer()
    {
        var notice = Notice(Id);

        var proof = await _client.DeliverAsync(notice, default);
        var again = await _client.DeliverAsync(notice, default);

        Assert.Equal((NoticeOutcome.Delivered, "script", "exit 0", "de"), (
            proof.Outcome, proof.Channel, proof.Reply, proof.Language));
        Assert.Equal(NoticeOutcome.Before, again.Outcome);
        Assert.Equal(proof.Digest, again.Digest);
        using var json = JsonDocument.Parse(Assert.Single(_script.Got));
        string Of(string name) => json.RootElement.GetProperty(name).GetString()!;
        Assert.Equal(("weir.notice/1", "ann@example.net", "10.0.0.7", "found"), (
            Of("schema"), Of("mail"), Of("line"), Of("step")));
        foreach (var fact in new[]
        {
            "Niemand in unserem Netz erreicht 198.51.100.7:443/tcp, längstens bis 16.12.1971, 00:00 Uhr UTC",
            "Zuerst gesehen: 02.12.1971, 00:00 Uhr UTC", "Zuletzt gesehen: 02.12.1971, 00:01 Uhr UTC",
            "3 Mal ausgetauscht in 60 s; die Schwelle ist 1", "tauschte Verkehr mit einem Server aus",
        })
        {
            Assert.Contains(fact, Of("plain"), StringComparison.Ordinal);
        }

        // The link is the vault's own, and opens this case's page alone.
        var link = Of("plain").Split('\n').Single(line => line.StartsWith("https://help.example.net/weir/c/", StringComparison.Ordinal));
        Assert.True(_house.Get<LinkSigner>().TryRead(
            link[^LinkSigner.Letters..], _house.Clock.GetUtcNow().AddDays(29), out var opened));
        Assert.Equal(Id, opened);
        Assert.False(_house.Get<LinkSigner>().TryRead(
            link[^LinkSigner.Letters..], _house.Clock.GetUtcNow().AddDays(30), out _));
        Assert.DoesNotContain("example.net", proof.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_without_a_key_is_refused_with_its_code()
    {
        _house.Give(_house.Order(new CaseId(1), "10.0.0.7", new ScopeId(6)));
        Assert.Equal(DenyCode.Unknown, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.DeliverAsync(Notice(new CaseId(1)) with { Scope = new ScopeId(6) }, default))).Code);
    }

    [Theory]
    [InlineData(ActionKind.ClosedForLine, "198.51.100.7:443/tcp", NoticeStep.EndpointBlocked)]
    [InlineData(ActionKind.LeakyGarden, "", NoticeStep.LeakyGarden)]
    [InlineData(ActionKind.StrictGarden, "", NoticeStep.StrictGarden)]
    public async Task A_restriction_that_the_vault_itself_does_not_hold_is_told_to_nobody_yet(
        ActionKind kind, string what, NoticeStep step)
    {
        var receipt = await _client.DeliverAsync(
            new(Id, Scope, step, [new(kind, what, _house.Clock.GetUtcNow())]), default);

        Assert.Equal((NoticeOutcome.Later, NoticeGate.NotInForce), (receipt.Outcome, receipt.Reply));
        Assert.Empty(_script.Got);
    }

    [Theory]
    [InlineData(NoticeStep.EndpointBlocked)]
    [InlineData(NoticeStep.LeakyGarden)]
    [InlineData(NoticeStep.StrictGarden)]
    [InlineData(NoticeStep.Released)]
    public async Task A_step_that_says_what_is_in_force_needs_what_makes_it_so(NoticeStep step)
    {
        var until = _house.Clock.GetUtcNow();
        foreach (var done in new ActionTaken[][] { [], [new(ActionKind.ClosedForAll, "198.51.100.7:443/tcp", until)] })
        {
            var receipt = await _client.DeliverAsync(new(Id, Scope, step, done), default);
            Assert.Equal((NoticeOutcome.Later, NoticeGate.NotInForce), (receipt.Outcome, receipt.Reply));
        }

        Assert.Empty(_script.Got);
    }

    [Fact]
    public async Task What_was_found_is_told_without_what_the_vault_does_not_hold()
    {
        var receipt = await _client.DeliverAsync(
            new(Id, Scope, NoticeStep.Found, [new(ActionKind.StrictGarden, "", _house.Clock.GetUtcNow())]), default);

        Assert.Equal(NoticeOutcome.Delivered, receipt.Outcome);
        using var json = JsonDocument.Parse(Assert.Single(_script.Got));
        Assert.DoesNotContain(
            "WAS GETAN WURDE", json.RootElement.GetProperty("plain").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_check_nobody_is_told()
    {
        var told = _house.Order(Id, "10.0.0.7", Scope);
        _house.Give(told with { Purpose = Purpose.RemediationCheck, FromMs = told.UntilMs });

        Assert.Equal(VaultCodes.OtherThanGrounds, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.DeliverAsync(Notice(Id), default))).Word);

        Assert.Empty(_script.Got);
        Assert.Single(
            await _house.ChainAsync(), e => e is { Act: AuditActions.Notify, Outcome: VaultCodes.OtherThanGrounds });
    }

    [Fact]
    public async Task Who_hangs_up_does_not_end_a_delivery_and_a_stop_waits_for_it()
    {
        _script.Holds = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var asked = _client.DeliverAsync(Notice(Id), impatient.Token);
        await _script.Began.Task.WaitAsync(TimeSpan.FromSeconds(120));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(impatient.Token));

        var stopped = _house.StopAsync();
        _script.Holds.SetResult();
        await stopped;

        Assert.Equal(1, new NoticeLedger(Path.Combine(_house.Folder, "notified")).Count);
    }

    private Notice Notice(CaseId id) => new(
        id, Scope, NoticeStep.Found,
        [new(ActionKind.ClosedForAll, "198.51.100.7:443/tcp", _house.Clock.GetUtcNow().AddDays(14))]);

    private sealed class RecordingMessageSender : IMessageSender
    {
        public List<string> Got { get; } = [];

        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource? Holds { get; set; }

        public async Task<string> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancel)
        {
            Began.TrySetResult();
            if (Holds is { } holds)
            {
                await holds.Task.WaitAsync(cancel);
            }

            Got.Add(Encoding.UTF8.GetString(json.Span));
            return "exit 0";
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Client;
using Weir.Vault.Identity.Records;
using Weir.Vault.Notifying;
using Weir.Vault.Serving;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault.Notifying;

/// <summary>The pipe over the vault's socket, in one process.</summary>
public sealed class NoticeGatewayTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(77);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-np-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly RecordingMessageSender _script = new();
    private VaultClient _client = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        var contacts = Path.Combine(_folder, "contacts.csv");
        await File.WriteAllTextAsync(
            contacts, "line,mail,language\n10.0.0.7,ann@example.net,de\nnonsense,x@example.net,\n");
        File.SetUnixFileMode(contacts, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var templates = NoticeTemplates.Read(null);
        var book = CustomerContactFile.Open(
            contacts, new SubscriberLineNamer(new byte[32]), templates.Languages, "en", TimeProvider.System,
            NullLogger.Instance);
        var options = new VaultOptions
        {
            Socket = Path.Combine(_folder, "v.sock"),
            Folder = Path.Combine(_folder, "vault"),
            Networks = SmallVault.Networks,
            AllowRoot = true
        };
        var notices = new NoticeDeliveryDependencies(
            book, templates, new NoticeDeliveryOptions { Provider = "P", Phone = "1", Page = "https://example.org" },
            new MessageNoticeChannel("script", _script));
        _running = new VaultServer(options, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(
            _ => new(new ListedIdentity(), new InMemoryAuditLog(), new NoSubjectRecords(), Notices: notices),
            _stop.Token);
        _client = new VaultClient(options.Socket);
        await Until.IsSoAsync(() =>
        {
            Assert.False(_running.IsCompleted, _running.Exception?.ToString());
            return AnswersAsync();
        });

        var now = TimeProvider.System.GetUtcNow();
        await _client.SealAsync(
            Id, (await _client.AttributeAsync(IpKey.Parse("10.0.0.7"), null, now, default))!.Value,
            Epochs.At(now), default);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _client.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_notice_goes_its_whole_way_with_every_fact_and_the_answer_has_nothing_of_the_customer()
    {
        var notice = Notice(Id);

        var proof = await ((INoticeGateway)_client).DeliverAsync(notice, default);
        var again = await _client.DeliverAsync(notice, default);

        Assert.Equal((NoticeOutcome.Delivered, "script", "exit 0", "de"), (
            proof.Outcome, proof.Channel, proof.Reply, proof.Language));
        Assert.Equal(NoticeOutcome.Before, again.Outcome);
        Assert.Equal(proof.Digest, again.Digest);
        using var json = JsonDocument.Parse(Assert.Single(_script.Got));
        string Of(string name) => json.RootElement.GetProperty(name).GetString()!;
        Assert.Equal(("weir.notice/1", "ann@example.net", "10.0.0.7", "endpoint-blocked"), (
            Of("schema"), Of("mail"), Of("line"), Of("step")));
        Assert.Contains(
            "192.0.2.7:443/tcp ist von Ihrem Anschluss aus bis 2026-03-16 08:15 UTC nicht erreichbar", Of("plain"),
            StringComparison.Ordinal);
        Assert.Contains("https://help.example.net/x", Of("html"), StringComparison.Ordinal);
        Assert.DoesNotContain("example.net", proof.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_without_a_key_is_refused_with_its_code() =>
        Assert.Equal(Weir.Contracts.Policy.DenyCode.Unknown, (await Assert.ThrowsAsync<VaultRefusedException>(
            () => _client.DeliverAsync(Notice(new CaseId(1)), default))).Code);

    [Fact]
    public async Task Who_hangs_up_does_not_end_a_delivery_and_a_stop_waits_for_it()
    {
        _script.Holds = new TaskCompletionSource();
        using var impatient = new CancellationTokenSource();
        var asked = _client.DeliverAsync(Notice(Id), impatient.Token);
        await _script.Began.Task.WaitAsync(TimeSpan.FromSeconds(120));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await _stop.CancelAsync();
        _script.Holds.SetResult();
        await _running;

        Assert.Equal(1, new NoticeLedger(Path.Combine(_folder, "vault", "notified")).Count);
    }

    private static Notice Notice(CaseId id)
    {
        var first = new DateTimeOffset(2026, 3, 2, 8, 15, 0, TimeSpan.Zero);
        return new(
            id, new ScopeId(5), NoticeStep.EndpointBlocked,
            new NoticeFacts
            {
                Purpose = Purpose.CncContact,
                Trigger = "cnc-contact/1",
                Class = "both tcp rport=443 raddr=192.0.2.7",
                Endpoint = "192.0.2.7:443/tcp",
                First = first,
                Last = first.AddHours(1),
                Grounds = "12 against 1",
                Done = [ActionTaken.Closed("192.0.2.7:443/tcp", first.AddDays(14))],
            },
            "https://help.example.net/x");
    }

    private async Task<bool> AnswersAsync()
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

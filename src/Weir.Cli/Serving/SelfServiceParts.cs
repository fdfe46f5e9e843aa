// SPDX-License-Identifier: Apache-2.0
//
// The customer's page of a running Weir, where it is switched on: keys first, so that a folder that cannot be had stops
// the start; the listener when cases are restored.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Web.SelfService;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Links;

namespace Weir.Cli.Serving;

/// <summary>Opened before the way, started after it.</summary>
internal sealed class SelfServiceParts : IAsyncDisposable
{
    public static readonly TimeSpan KeepPeriod = TimeSpan.FromHours(1);

    private readonly SelfServiceSettings _settings;
    private readonly TimeProvider _time;
    private readonly LinkKeyFiles? _keys;
    private readonly LinkSigner? _signer;
    private SelfServicePages? _pages;
    private SelfServiceHost? _host;

    private SelfServiceParts(SelfServiceSettings settings, LinkKeyFiles? keys, LinkSigner? signer, TimeProvider time)
    {
        (_settings, _keys, _signer, _time) = (settings, keys, signer, time);
        Links = signer is null ? new NoCaseLinks() : new CaseLinks(signer, settings.Public!, settings.KeyLife, time);
    }

    /// <summary>Links for notices; empty ones where no page is served.</summary>
    public ICaseLinks Links { get; }

    /// <summary>Reads the keys, or makes them.</summary>
    /// <exception cref="OperatorException">They cannot be had.</exception>
    public static SelfServiceParts Open(SelfServiceSettings settings, TimeProvider time)
    {
        if (!settings.Enabled)
        {
            return new(settings, null, null, time);
        }

        try
        {
            var keys = new LinkKeyFiles(settings.KeyDir, settings.KeyLife, time);
            return new(settings, keys, new LinkSigner(keys.Read()), time);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new OperatorException($"selfservice.key-dir: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>Serves the pages. <paramref name="fixing"/> is what a customer's word sets off.</summary>
    /// <exception cref="OperatorException">The address cannot be had.</exception>
    public async Task StartAsync(
        CaseParts cases, IEvidence evidence, IReadOnlyList<IActiveMeasures> doings, ICustomerActions fixing,
        IMeterFactory meters, ILoggerFactory logs)
    {
        _ = new SelfServiceMetrics(meters, () => _pages?.Counts);
        if (_signer is null)
        {
            return;
        }

        var desk = cases.Desk!;
        _pages = new SelfServicePages(new()
        {
            Settings = _settings,
            Signer = _signer,
            Desk = desk,
            Facts = new CaseFacts(
                new EvidenceHandler(desk.Engine, desk.Scopes, evidence, cases.Audit), doings, cases.Policy),
            Fixing = fixing,
            Audit = cases.Audit,
            Time = _time,
            Log = logs.CreateLogger<SelfServicePages>(),
        });
        try
        {
            _host = await SelfServiceHost.StartAsync(_settings.Listen, _pages);
        }
        catch (IOException refused)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }

    /// <summary>Changes the key when its life is over.</summary>
    public Task KeepAsync(CancellationToken cancel)
    {
        if (_keys is not null)
        {
            _signer!.Use(_keys.Read());
        }

        return Task.CompletedTask;
    }

    /// <summary>No further visitors; before the desk ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
//
// The customer's page, where it is switched on: keys first, so that a folder that cannot be had stops the start; the
// listener when cases are restored.
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Web.SelfService;
using Weir.Contracts.Notices;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Links;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;

namespace Weir.Cli.Processes;

/// <summary>The page and its links.</summary>
internal sealed class CustomerPage
{
    private static readonly TimeSpan KeyPeriod = TimeSpan.FromHours(1);

    private readonly SelfServiceSettings _settings;
    private readonly LinkKeyFiles? _keys;
    private readonly LinkSigner? _signer;

    private CustomerPage(SelfServiceSettings settings, LinkKeyFiles? keys, LinkSigner? signer, TimeProvider time)
    {
        (_settings, _keys, _signer) = (settings, keys, signer);
        Links = signer is null ? new NoCaseLinks() : new CaseLinks(signer, settings.Public!, settings.KeyLife, time);
    }

    /// <summary>Links for notices; empty ones where no page is served.</summary>
    public ICaseLinks Links { get; }

    /// <summary>Reads the keys, or makes them.</summary>
    /// <exception cref="OperatorException">They cannot be had.</exception>
    public static CustomerPage Open(SelfServiceSettings settings, TimeProvider time)
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

    /// <summary>Puts the page into the desk's host, behind the ladder.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddDeferred(provider => new PageServer(_settings.Listen, Pages(provider)));
        if (_keys is not null)
        {
            services.AddRecurring("links", KeyPeriod, _ => _ =>
            {
                _signer!.Use(_keys.Read());
                return Task.CompletedTask;
            });
        }
    }

    private SelfServicePages? Pages(IServiceProvider provider)
    {
        SelfServicePages? pages = null;
        _ = new SelfServiceMetrics(provider.GetRequiredService<IMeterFactory>(), () => pages?.Counts);
        if (_signer is null)
        {
            return null;
        }

        var time = provider.GetRequiredService<TimeProvider>();
        return pages = new SelfServicePages(new()
        {
            Settings = _settings,
            Signer = _signer,
            Desk = provider.GetRequiredService<CaseHandler>(),
            Facts = new CaseFacts(
                provider.GetRequiredService<EvidenceHandler>(),
                [
                    new MitigationMeasures(provider.GetRequiredService<MitigationController>(), time),
                    new WalledGardenMeasures(provider.GetRequiredService<EscalationController>()),
                ],
                provider.GetRequiredService<PolicyProfile>(), provider.GetRequiredService<EscalationController>().Find),
            Fixing = provider.GetRequiredService<ICustomerActions>(),
            Audit = provider.GetRequiredService<IAuditLog>(),
            Time = time,
            Log = provider.GetRequiredService<ILogger<SelfServicePages>>(),
        });
    }

    private sealed class PageServer(System.Net.IPEndPoint listen, SelfServicePages? pages) : IHostedService
    {
        private SelfServiceHost? _host;

        public async Task StartAsync(CancellationToken cancellationToken) =>
            _host = pages is null ? null : await SelfServiceHost.StartAsync(listen, pages);

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_host is not null)
            {
                await _host.DisposeAsync();
            }
        }
    }
}

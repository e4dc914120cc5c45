<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;Ticket</source>
        <translation>工单(&amp;T)</translation>
    </message>
    <message>
        <source>E&amp;dit</source>
        <translation>编辑(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Administration</source>
        <translation>管理(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>New ticket</source>
        <translation>新建工单</translation>
    </message>
    <message>
        <source>Open in its own tab</source>
        <translation>在新标签页中打开</translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation>关闭标签页</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save and new</source>
        <translation>保存并新建</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>添加备注</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指派</translation>
    </message>
    <message>
        <source>Take it</source>
        <translation>我来处理</translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation>解决</translation>
    </message>
    <message>
        <source>Change status</source>
        <translation>更改状态</translation>
    </message>
    <message>
        <source>Change selected …</source>
        <translation>更改所选 …</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Results of the last change …</source>
        <translation>上次更改的结果 …</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Clear search and filters</source>
        <translation>清除搜索和筛选</translation>
    </message>
    <message>
        <source>To the views</source>
        <translation>到视图栏</translation>
    </message>
    <message>
        <source>To the list</source>
        <translation>到列表</translation>
    </message>
    <message>
        <source>To the ticket</source>
        <translation>到工单</translation>
    </message>
    <message>
        <source>Next ticket</source>
        <translation>下一张工单</translation>
    </message>
    <message>
        <source>Previous ticket</source>
        <translation>上一张工单</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Machines</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Audit</source>
        <translation>审计</translation>
    </message>
    <message>
        <source>Private fields</source>
        <translation>私密字段</translation>
    </message>
    <message>
        <source>About SupportDesk</source>
        <translation>关于 SupportDesk</translation>
    </message>
</context>
<context>
    <name>Age</name>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{n} d</source>
        <translation>{n} 天</translation>
    </message>
    <message>
        <source>{n} mo</source>
        <translation>{n} 个月</translation>
    </message>
    <message>
        <source>{n} y</source>
        <translation>{n} 年</translation>
    </message>
</context>
<context>
    <name>AlarmBanner</name>
    <message>
        <source>Alarms</source>
        <translation>警报</translation>
    </message>
    <message>
        <source>More alarms: {count}.</source>
        <translation>另有警报 {count} 条。</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>已知悉</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>Free now: {title}</source>
        <translation>现已空闲：{title}</translation>
    </message>
    <message>
        <source>What this machine may do or read was changed. Start SupportDesk again to go by it.</source>
        <translation>本机的权限或可见内容已被更改。请重新启动 SupportDesk 使之生效。</translation>
    </message>
</context>
<context>
    <name>Arrivals</name>
    <message>
        <source>Before you close it</source>
        <translation>关闭之前</translation>
    </message>
    <message>
        <source>Close anyway</source>
        <translation>仍然关闭</translation>
    </message>
    <message>
        <source>Before you resolve it</source>
        <translation>解决之前</translation>
    </message>
    <message>
        <source>Resolve anyway</source>
        <translation>仍然解决</translation>
    </message>
    <message>
        <source>This came in since you opened the ticket:</source>
        <translation>打开工单后新到一条：</translation>
    </message>
    <message>
        <source>{count} came in since you opened the ticket:</source>
        <translation>打开工单后新到 {count} 条：</translation>
    </message>
</context>
<context>
    <name>Audit</name>
    <message>
        <source>Entry</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Old and new values</source>
        <translation>旧值和新值</translation>
    </message>
    <message>
        <source>By the {machine} itself, from no machine</source>
        <translation>由{machine}自身执行，不来自任何机器</translation>
    </message>
    <message>
        <source>Machine {machine}, proved by its login</source>
        <translation>机器 {machine}，由其登录证实</translation>
    </message>
    <message>
        <source>person {person}, as stated there, not proved</source>
        <translation>人员 {person}，由机器上自报，未经证实</translation>
    </message>
    <message>
        <source>version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>entry {entry}, {entity} with key {key}</source>
        <translation>条目 {entry}，{entity}，键 {key}</translation>
    </message>
    <message>
        <source>not sealed yet</source>
        <translation>尚未封存</translation>
    </message>
    <message>
        <source>sealed in block {block}</source>
        <translation>封存于第 {block} 块</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>This entry had private values. They were forgotten with the person they belonged to; that there were some, the seal still shows.</source>
        <translation>此条目曾有私密值，已随其所属的人一并遗忘；封存仍表明曾经有过。</translation>
    </message>
    <message>
        <source>A time like 2026-11-21 09:30, 9:30, today or -2d</source>
        <translation>时间，例如 2026-11-21 09:30、9:30、今天 或 -2天</translation>
    </message>
    <message>
        <source>Any machine</source>
        <translation>任何机器</translation>
    </message>
    <message>
        <source>Any person</source>
        <translation>任何人员</translation>
    </message>
    <message>
        <source>Any entity</source>
        <translation>任何对象</translation>
    </message>
    <message>
        <source>Any action</source>
        <translation>任何操作</translation>
    </message>
    <message>
        <source>Any field</source>
        <translation>任意字段</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Search old and new values, row keys</source>
        <translation>搜索旧值和新值、记录键</translation>
    </message>
    <message>
        <source>Search the audit</source>
        <translation>搜索审计</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>until</source>
        <translation>到</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>到</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>最早</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Person, as stated</source>
        <translation>人员（自报）</translation>
    </message>
    <message>
        <source>Entity</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Clear search and filters</source>
        <translation>清除搜索和筛选</translation>
    </message>
    <message>
        <source>E&amp;xport CSV</source>
        <translation>导出 CSV(&amp;X)</translation>
    </message>
    <message>
        <source>Write all entries that fit to a file</source>
        <translation>把所有符合的条目写入文件</translation>
    </message>
    <message>
        <source>Audit</source>
        <translation>审计</translation>
    </message>
    <message>
        <source>No entry fits. Clear a filter, or begin at an earlier time.</source>
        <translation>没有符合的条目。请清除筛选，或从更早的时间开始。</translation>
    </message>
    <message>
        <source>Export the audit</source>
        <translation>导出审计</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV 文件 (*.csv)</translation>
    </message>
    <message>
        <source>Writing the file: {count} entries so far</source>
        <translation>正在写文件：已写 {count} 条</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Written: {count} entries to {file}</source>
        <translation>已写入 {count} 条到 {file}</translation>
    </message>
    <message>
        <source>The file can&apos;t be written: {reason}</source>
        <translation>无法写入文件：{reason}</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Entries and entry</source>
        <translation>条目列表与条目</translation>
    </message>
    <message>
        <source>Ticket</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Interaction</source>
        <translation>往来</translation>
    </message>
    <message>
        <source>Attachment</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Contact, private part</source>
        <translation>联系人（私密部分）</translation>
    </message>
    <message>
        <source>Comment, private part</source>
        <translation>备注（私密部分）</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>产品</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Hardware revision</source>
        <translation>硬件版本</translation>
    </message>
    <message>
        <source>Release on hardware</source>
        <translation>版本与硬件</translation>
    </message>
    <message>
        <source>Person of ours</source>
        <translation>本方人员</translation>
    </message>
    <message>
        <source>Department</source>
        <translation>部门</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Choice list</source>
        <translation>选项列表</translation>
    </message>
    <message>
        <source>Dependent choice</source>
        <translation>从属选项</translation>
    </message>
    <message>
        <source>Field rule</source>
        <translation>字段规则</translation>
    </message>
    <message>
        <source>Person of a machine</source>
        <translation>机器的人员</translation>
    </message>
    <message>
        <source>Certificate of a machine</source>
        <translation>机器的证书</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>一次性代码</translation>
    </message>
    <message>
        <source>Request for a certificate</source>
        <translation>证书申请</translation>
    </message>
    <message>
        <source>Security event</source>
        <translation>安全事件</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Way between statuses</source>
        <translation>状态流转</translation>
    </message>
    <message>
        <source>Event of a ticket</source>
        <translation>工单事件</translation>
    </message>
    <message>
        <source>Complaint</source>
        <translation>投诉</translation>
    </message>
    <message>
        <source>Versions let in</source>
        <translation>允许的版本</translation>
    </message>
    <message>
        <source>Edit lease</source>
        <translation>编辑租约</translation>
    </message>
    <message>
        <source>added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>server ({role})</source>
        <translation>服务器（{role}）</translation>
    </message>
    <message>
        <source>{entity}: {field}</source>
        <translation>{entity}：{field}</translation>
    </message>
    <message>
        <source>{entity} {row}</source>
        <translation>{entity} {row}</translation>
    </message>
    <message>
        <source>{field} (private)</source>
        <translation>{field}（私密）</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>private values of {entries} entries, {comments} private comments, {files} files</source>
        <translation>{entries} 条记录的私密值、{comments} 条私密备注、{files} 个文件</translation>
    </message>
    <message>
        <source>it had ended</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>the question went unanswered</source>
        <translation>询问无人答复</translation>
    </message>
    <message>
        <source>an administrator took it</source>
        <translation>管理员接管</translation>
    </message>
    <message>
        <source>{field}: {value}</source>
        <translation>{field}：{value}</translation>
    </message>
    <message>
        <source>;  </source>
        <translation>；</translation>
    </message>
    <message>
        <source>private values: forgotten</source>
        <translation>私密值：已遗忘</translation>
    </message>
    <message>
        <source>Entries: {count}</source>
        <translation>条目：{count}</translation>
    </message>
    <message>
        <source>Entries: more than {count}</source>
        <translation>条目：多于 {count}</translation>
    </message>
    <message>
        <source>the folder is not there</source>
        <translation>该文件夹不存在</translation>
    </message>
    <message>
        <source>a folder has this name</source>
        <translation>已有同名文件夹</translation>
    </message>
    <message>
        <source>that is not allowed there, or the file is open in another program</source>
        <translation>该处不允许写入，或文件正在其他程序中打开</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>the drive or the system reports error {number}</source>
        <translation>驱动器或系统报告错误 {number}</translation>
    </message>
</context>
<context>
    <name>AuditColumns</name>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Machine, proved</source>
        <translation>机器（已证实）</translation>
    </message>
    <message>
        <source>Person, stated</source>
        <translation>人员（自报）</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Sealed in</source>
        <translation>封存块</translation>
    </message>
</context>
<context>
    <name>AuditFields</name>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>渠道</translation>
    </message>
    <message>
        <source>Choice below</source>
        <translation>下级选项</translation>
    </message>
    <message>
        <source>Choice list</source>
        <translation>选项列表</translation>
    </message>
    <message>
        <source>Closed at</source>
        <translation>关闭时间</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Contact</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Country</source>
        <translation>国家</translation>
    </message>
    <message>
        <source>Created at</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Deleted at</source>
        <translation>删除时间</translation>
    </message>
    <message>
        <source>Department</source>
        <translation>部门</translation>
    </message>
    <message>
        <source>Depends on</source>
        <translation>依赖于</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Entity</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>External number</source>
        <translation>外部编号</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>First used at</source>
        <translation>首次使用时间</translation>
    </message>
    <message>
        <source>Forgotten</source>
        <translation>已清除</translation>
    </message>
    <message>
        <source>From status</source>
        <translation>原状态</translation>
    </message>
    <message>
        <source>Hardware revision</source>
        <translation>硬件版本</translation>
    </message>
    <message>
        <source>Help, English</source>
        <translation>英文帮助</translation>
    </message>
    <message>
        <source>Help, Chinese</source>
        <translation>中文帮助</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Is an alarm</source>
        <translation>是否警报</translation>
    </message>
    <message>
        <source>Is the site&apos;s own</source>
        <translation>是否自定义</translation>
    </message>
    <message>
        <source>Is fixed</source>
        <translation>是否固定</translation>
    </message>
    <message>
        <source>Is private</source>
        <translation>是否私密</translation>
    </message>
    <message>
        <source>Is required</source>
        <translation>是否必填</translation>
    </message>
    <message>
        <source>Is support</source>
        <translation>是否支持部门</translation>
    </message>
    <message>
        <source>Issued at</source>
        <translation>签发时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Label, English</source>
        <translation>英文名称</translation>
    </message>
    <message>
        <source>Label, Chinese</source>
        <translation>中文名称</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>Level since</source>
        <translation>权限起始时间</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Mail</source>
        <translation>邮箱</translation>
    </message>
    <message>
        <source>Manager</source>
        <translation>经理</translation>
    </message>
    <message>
        <source>May be private</source>
        <translation>可设为私密</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>文件类型</translation>
    </message>
    <message>
        <source>Oldest client</source>
        <translation>最低客户端版本</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name, English</source>
        <translation>英文名</translation>
    </message>
    <message>
        <source>Name, Chinese</source>
        <translation>中文名</translation>
    </message>
    <message>
        <source>Good until</source>
        <translation>有效期至</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Choice above</source>
        <translation>上级选项</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>电话</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>产品</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Released on</source>
        <translation>发布日期</translation>
    </message>
    <message>
        <source>Replaced at</source>
        <translation>替换时间</translation>
    </message>
    <message>
        <source>Reported at</source>
        <translation>报告时间</translation>
    </message>
    <message>
        <source>Required for kinds</source>
        <translation>必填的类型</translation>
    </message>
    <message>
        <source>Required for statuses</source>
        <translation>必填的状态</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>解决方案</translation>
    </message>
    <message>
        <source>Retired at</source>
        <translation>停用时间</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>数据库结构</translation>
    </message>
    <message>
        <source>Seen at</source>
        <translation>知悉时间</translation>
    </message>
    <message>
        <source>Seen by</source>
        <translation>知悉者</translation>
    </message>
    <message>
        <source>Serial number</source>
        <translation>序列号</translation>
    </message>
    <message>
        <source>Served by</source>
        <translation>服务方</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>严重程度</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验和</translation>
    </message>
    <message>
        <source>Short name</source>
        <translation>简称</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Taken at</source>
        <translation>占用时间</translation>
    </message>
    <message>
        <source>Ticket</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>Tier</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>职务</translation>
    </message>
    <message>
        <source>To status</source>
        <translation>新状态</translation>
    </message>
    <message>
        <source>Updated at</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>What</source>
        <translation>事件</translation>
    </message>
</context>
<context>
    <name>AuditFile</name>
    <message>
        <source>private</source>
        <translation>私密</translation>
    </message>
    <message>
        <source>private values forgotten</source>
        <translation>私密值已清除</translation>
    </message>
    <message>
        <source>server ({role})</source>
        <translation>服务器（{role}）</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Machine (proved)</source>
        <translation>机器（已证实）</translation>
    </message>
    <message>
        <source>Person (stated)</source>
        <translation>人员（自报）</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Entity</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Row key</source>
        <translation>记录键</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Old</source>
        <translation>旧值</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新值</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>标记</translation>
    </message>
</context>
<context>
    <name>Bulk</name>
    <message>
        <source>Delete {rows}?</source>
        <translation>删除 {rows}？</translation>
    </message>
    <message>
        <source>They can be taken back: at once, or later from the list of results.</source>
        <translation>可以撤回：立即撤回，或稍后从结果列表中撤回。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>What was selected is not there any more</source>
        <translation>所选内容已不存在</translation>
    </message>
    <message>
        <source>{reason}; trying again</source>
        <translation>{reason}；正在重试</translation>
    </message>
    <message>
        <source>Try again what was not done</source>
        <translation>重试未完成的</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Take all back</source>
        <translation>全部撤回</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Change {rows}</source>
        <translation>更改 {rows}</translation>
    </message>
    <message>
        <source>Working on {rows}</source>
        <translation>正在处理 {rows}</translation>
    </message>
    <message>
        <source>Stopping: what is under way is finished</source>
        <translation>正在停止：进行中的会完成</translation>
    </message>
    <message>
        <source>{rows} of the selection are not there any more</source>
        <translation>所选中有 {rows} 已不存在</translation>
    </message>
    <message>
        <source>What got no answer can be tried again, or taken back: nothing is done twice</source>
        <translation>未收到答复的可以重试或撤回：不会重复执行</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Will be emptied</source>
        <translation>将被清空</translation>
    </message>
    <message>
        <source>Fields to change</source>
        <translation>要更改的字段</translation>
    </message>
    <message>
        <source>Add a field to change</source>
        <translation>添加要更改的字段</translation>
    </message>
    <message>
        <source>What somebody else edits, or has changed meanwhile, stays as it is and is named afterwards.</source>
        <translation>他人正在编辑或期间已更改的内容保持不变，并在事后列出。</translation>
    </message>
    <message>
        <source>Leave “{field}” as it is</source>
        <translation>保持“{field}”不变</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>What became of each</source>
        <translation>各条的结果</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Not changed</source>
        <translation>未更改</translation>
    </message>
    <message>
        <source>Not deleted</source>
        <translation>未删除</translation>
    </message>
    <message>
        <source>Not known yet</source>
        <translation>尚不清楚</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>You stopped before its turn</source>
        <translation>轮到它之前您已停止</translation>
    </message>
    <message>
        <source>No answer: it may be taken back or not</source>
        <translation>未收到答复：可能已撤回，也可能未撤回</translation>
    </message>
    <message>
        <source>No answer: it may be deleted or not</source>
        <translation>未收到答复：可能已删除，也可能未删除</translation>
    </message>
    <message>
        <source>No answer: it may be changed or not</source>
        <translation>未收到答复：可能已更改，也可能未更改</translation>
    </message>
    <message>
        <source>Could not be taken back: {reason}</source>
        <translation>无法撤回：{reason}</translation>
    </message>
    <message>
        <source>{person} is editing this on {machine}</source>
        <translation>{person} 正在 {machine} 上编辑</translation>
    </message>
    <message>
        <source>{machine} is editing this</source>
        <translation>{machine} 正在编辑</translation>
    </message>
    <message>
        <source>Somebody else changed this meanwhile</source>
        <translation>期间已被他人更改</translation>
    </message>
    <message>
        <source>{field}: {reason}</source>
        <translation>{field}：{reason}</translation>
    </message>
    <message>
        <source>{rows} deleted</source>
        <translation>已删除 {rows}</translation>
    </message>
    <message>
        <source>{rows} changed</source>
        <translation>已更改 {rows}</translation>
    </message>
    <message>
        <source>, {count} not</source>
        <translation>，{count} 条未处理</translation>
    </message>
    <message>
        <source>, {count} not known yet</source>
        <translation>，{count} 条尚不清楚</translation>
    </message>
    <message>
        <source>, {count} taken back</source>
        <translation>，{count} 条已撤回</translation>
    </message>
    <message>
        <source>{rows} taken back</source>
        <translation>已撤回 {rows}</translation>
    </message>
    <message>
        <source>{settled} of {rows}</source>
        <translation>{settled} / {rows}</translation>
    </message>
    <message>
        <source>Tickets may lack for it: {fields}</source>
        <translation>工单可能缺少：{fields}</translation>
    </message>
</context>
<context>
    <name>Changes</name>
    <message>
        <source>another machine</source>
        <translation>另一台机器</translation>
    </message>
    <message>
        <source>1 change on {who} at {time}; what you typed stays</source>
        <translation>{who} 于 {time} 改了 1 处；您输入的内容仍在</translation>
    </message>
    <message>
        <source>{count} changes on {who} at {time}; what you typed stays</source>
        <translation>{who} 于 {time} 改了 {count} 处；您输入的内容仍在</translation>
    </message>
    <message>
        <source>Changed on {who} at {time}. Your text is kept; the fields say what changed. Save again.</source>
        <translation>{who} 于 {time} 作了修改。您的内容仍在，各字段下注明了改动。请再次保存。</translation>
    </message>
    <message>
        <source>Take theirs</source>
        <translation>采用对方的</translation>
    </message>
    <message>
        <source>This was deleted on another machine. What you typed stays here: copy it, or discard it.</source>
        <translation>此记录已在另一台机器上删除。您输入的内容仍在此处：请复制或放弃。</translation>
    </message>
    <message>
        <source>Discard mine</source>
        <translation>放弃我的</translation>
    </message>
    <message>
        <source>This was deleted on another machine</source>
        <translation>此记录已在另一台机器上删除</translation>
    </message>
    <message>
        <source>{reason}. What you typed is kept as a draft; you can save it once the desk is back.</source>
        <translation>{reason}。您输入的内容已留作草稿，恢复连接后即可保存。</translation>
    </message>
    <message>
        <source>The desk is back. What you typed is not saved yet.</source>
        <translation>已恢复连接。您输入的内容尚未保存。</translation>
    </message>
    <message>
        <source>Save now</source>
        <translation>立即保存</translation>
    </message>
    <message>
        <source>Saved, merged with changes of {who}: {fields}</source>
        <translation>已保存，并入了 {who} 的改动：{fields}</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Changed on another machine</source>
        <translation>在另一台机器上的改动</translation>
    </message>
    <message>
        <source>Changed on {who}</source>
        <translation>{who} 的改动</translation>
    </message>
</context>
<context>
    <name>ChoiceCombo</name>
    <message>
        <source>{label} (no longer offered)</source>
        <translation>{label}（已停用）</translation>
    </message>
</context>
<context>
    <name>CodeDialog</name>
    <message>
        <source>One-time code for {machine}</source>
        <translation>{machine} 的一次性代码</translation>
    </message>
    <message>
        <source>This code is over. Close this and make a new one.</source>
        <translation>此代码已失效。请关闭后生成新的代码。</translation>
    </message>
    <message>
        <source>Good until {time}, for one computer, once.</source>
        <translation>有效期至 {time}，只供一台计算机使用一次。</translation>
    </message>
    <message>
        <source>On the other computer:
1.  Install and start SupportDesk.
2.  Paste this code on the page that it opens with, and go on.
Without a window: desk-client enrol CODE</source>
        <translation>在另一台计算机上：
1.  安装并启动 SupportDesk。
2.  在打开的页面上粘贴此代码，然后继续。
无窗口时：desk-client enrol CODE</translation>
    </message>
    <message>
        <source>Whoever has this code before it is used gets in as this machine: bring it over on a way that nobody else reads. It is not kept anywhere; once this is closed, only a new code helps.</source>
        <translation>代码使用之前，谁拿到它，谁就能以这台机器的身份登录：请用他人看不到的方式转交。代码不会保存在任何地方；关闭之后只能生成新的代码。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>产品</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Assignee</source>
        <translation>处理人</translation>
    </message>
    <message>
        <source>Waiting for</source>
        <translation>等待对象</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>编辑中</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>截止时间</translation>
    </message>
    <message>
        <source>Last activity</source>
        <translation>最近动态</translation>
    </message>
    <message>
        <source>Reported {time}</source>
        <translation>反映时间：{time}</translation>
    </message>
    <message>
        <source>Priority: {priority}</source>
        <translation>优先级：{priority}</translation>
    </message>
    <message>
        <source>{person} is editing this on {machine} since {time}</source>
        <translation>{person} 自 {time} 起正在 {machine} 上编辑</translation>
    </message>
    <message>
        <source>{machine} is editing this since {time}</source>
        <translation>{machine} 自 {time} 起正在编辑</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>无人负责</translation>
    </message>
    <message>
        <source>{edited}, last sign of life {time}</source>
        <translation>{edited}，最近活动 {time}</translation>
    </message>
    <message>
        <source>This machine is editing this since {time}</source>
        <translation>本机自 {time} 起正在编辑</translation>
    </message>
</context>
<context>
    <name>CommentBox</name>
    <message>
        <source>Write a comment (Ctrl+M)</source>
        <translation>写备注（Ctrl+M）</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>不公开</translation>
    </message>
    <message>
        <source>Its text can&apos;t be read on query-only machines</source>
        <translation>只读机器看不到其内容</translation>
    </message>
    <message>
        <source>Add comment</source>
        <translation>添加备注</translation>
    </message>
</context>
<context>
    <name>Drafts</name>
    <message>
        <source>The disk of this computer is full: what you type is not kept as a draft. Save soon; drafts go on by themselves once there is room.</source>
        <translation>本机磁盘已满：输入的内容无法存为草稿。请尽快保存；有空间后草稿会自动继续。</translation>
    </message>
    <message>
        <source>Drafts can&apos;t be written to the disk of this computer: what you type is kept in this window only. Save soon.</source>
        <translation>草稿无法写入本机磁盘：输入的内容只保留在此窗口中。请尽快保存。</translation>
    </message>
    <message>
        <source>Drafts are not kept: the system&apos;s key store is locked or does not answer. Save soon.</source>
        <translation>未保留草稿：系统的密钥库已锁定或没有响应。请尽快保存。</translation>
    </message>
    <message>
        <source>Drafts are kept again</source>
        <translation>草稿已恢复保存</translation>
    </message>
    <message>
        <source>A draft on this computer can&apos;t be read: it is damaged, or its key is gone. Its file is kept.</source>
        <translation>本机上有一份草稿无法读取：文件已损坏，或其密钥已丢失。文件已保留。</translation>
    </message>
    <message>
        <source>Draft saved {time}</source>
        <translation>草稿已存 {time}</translation>
    </message>
    <message>
        <source>Discarded</source>
        <translation>已放弃</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>{action}: {title}</source>
        <translation>{action}：{title}</translation>
    </message>
    <message>
        <source>Not saved when SupportDesk ended: {count}</source>
        <translation>SupportDesk 结束时未保存：{count} 份</translation>
    </message>
    <message>
        <source>Drafts</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Open all</source>
        <translation>全部打开</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
    <message>
        <source>They are kept; menu Edit, Drafts</source>
        <translation>草稿会保留；见菜单“编辑”中的“草稿”</translation>
    </message>
    <message>
        <source>New: {title}</source>
        <translation>新建：{title}</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>somebody else</source>
        <translation>其他人</translation>
    </message>
    <message>
        <source>{name} ({count})</source>
        <translation>{name}（{count}）</translation>
    </message>
    <message>
        <source>Others have drafts on this computer too, offered when they sit here: </source>
        <translation>其他人在本机也有草稿，他们在此就座时会提供：</translation>
    </message>
    <message>
        <source>There are no drafts</source>
        <translation>没有草稿</translation>
    </message>
    <message>
        <source>Also typed, in fields that are not shown here:</source>
        <translation>另外还输入了以下内容，其字段在此处不显示：</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>{field}: {text}</source>
        <translation>{field}：{text}</translation>
    </message>
</context>
<context>
    <name>EnrolPage</name>
    <message>
        <source>Looking at the server</source>
        <translation>正在核对服务器</translation>
    </message>
    <message>
        <source>Making this machine&apos;s key</source>
        <translation>正在生成本机密钥</translation>
    </message>
    <message>
        <source>Waiting for the certificate</source>
        <translation>正在等待证书</translation>
    </message>
    <message>
        <source>Logging in for the first time</source>
        <translation>正在首次登录</translation>
    </message>
    <message>
        <source>Enrol this computer</source>
        <translation>登记此计算机</translation>
    </message>
    <message>
        <source>This computer is enrolled</source>
        <translation>此计算机已登记</translation>
    </message>
    <message>
        <source>Open the desk</source>
        <translation>打开服务台</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Paste a new one-time code for this machine from an administrator of the desk. A new key is made here; the profile that is there stays as it is until the desk has taken the new key.</source>
        <translation>请粘贴服务台管理员为本机新发的一次性代码。新密钥在此生成；在服务台接受新密钥之前，现有配置保持不变。</translation>
    </message>
    <message>
        <source>This computer has no profile yet. Paste the one-time code that an administrator of the desk gave you. The key is made here and never leaves this computer.</source>
        <translation>此计算机尚无配置。请粘贴服务台管理员给您的一次性代码。密钥在本机生成，绝不离开此计算机。</translation>
    </message>
    <message>
        <source>Enrol</source>
        <translation>登记</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>一次性代码</translation>
    </message>
    <message>
        <source>Its key is encrypted, and the key&apos;s password is in the key store of this system.</source>
        <translation>其密钥已加密，密钥的密码存放在本系统的密钥库中。</translation>
    </message>
    <message>
        <source>Its key is encrypted. This system has no key store that can be used, so the key&apos;s password lies beside it, in {file}, for you alone to read.</source>
        <translation>其密钥已加密。本系统没有可用的密钥库，因此密钥的密码存放在旁边的 {file} 中，仅您本人可读。</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Profile folder</source>
        <translation>配置文件夹</translation>
    </message>
    <message>
        <source>{number} of {count}: {step}</source>
        <translation>第 {number} 步，共 {count} 步：{step}</translation>
    </message>
</context>
<context>
    <name>EntityForm</name>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>At most {limit} characters; these are {count}</source>
        <translation>最多 {limit} 字，现有 {count} 字</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>This is needed</source>
        <translation>此项必填</translation>
    </message>
    <message>
        <source>A time like 2026-11-21 09:30, 9:30, today or +2d</source>
        <translation>时间写法如 2026-11-21 09:30、9:30、今天 或 +2天</translation>
    </message>
    <message>
        <source>Nothing found for “{text}”</source>
        <translation>找不到“{text}”</translation>
    </message>
    <message>
        <source>Emptied: it did not go with “{field}”</source>
        <translation>已清空：与“{field}”不匹配</translation>
    </message>
    <message>
        <source>Changed elsewhere</source>
        <translation>别处已修改</translation>
    </message>
    <message>
        <source>Changed elsewhere to “{value}”; yours is kept</source>
        <translation>别处已改为“{value}”，保留您的内容</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>This is needed</source>
        <translation>此项必填</translation>
    </message>
    <message>
        <source>This is not one of the choices</source>
        <translation>不在可选项之中</translation>
    </message>
    <message>
        <source>This choice is retired; pick another</source>
        <translation>此选项已停用，请另选</translation>
    </message>
    <message>
        <source>This does not go with the field it depends on</source>
        <translation>与上级字段的取值不匹配</translation>
    </message>
    <message>
        <source>The status can&apos;t change that way</source>
        <translation>状态不能这样变更</translation>
    </message>
    <message>
        <source>This time lies in the future</source>
        <translation>时间不能晚于现在</translation>
    </message>
    <message>
        <source>Only the desk itself writes this</source>
        <translation>此项由系统填写</translation>
    </message>
    <message>
        <source>This is too long or not of the right form</source>
        <translation>内容过长或格式不对</translation>
    </message>
    <message>
        <source>What this points to is not there any more</source>
        <translation>所指的记录已不存在</translation>
    </message>
    <message>
        <source>This exists already</source>
        <translation>已有相同的记录</translation>
    </message>
    <message>
        <source>A role of the database server has this name; choose another</source>
        <translation>数据库服务器中已有同名角色；请换一个名称</translation>
    </message>
    <message>
        <source>This value is not allowed</source>
        <translation>不允许这个取值</translation>
    </message>
    <message>
        <source>This person does not work on this machine</source>
        <translation>此人不在本机人员之列</translation>
    </message>
    <message>
        <source>This machine may read, not change that</source>
        <translation>本机只能查看，不能修改</translation>
    </message>
    <message>
        <source>This is not there any more</source>
        <translation>此记录已不存在</translation>
    </message>
    <message>
        <source>This was saved already</source>
        <translation>此前已保存</translation>
    </message>
    <message>
        <source>Another machine is editing this now</source>
        <translation>另一台机器正在编辑</translation>
    </message>
    <message>
        <source>It can&apos;t be taken over: whoever edits this has answered, or still has time to</source>
        <translation>不能接管：正在编辑的人已作答复，或仍在答复时限内</translation>
    </message>
    <message>
        <source>This was changed on another machine since you opened it</source>
        <translation>您打开之后，另一台机器已作修改</translation>
    </message>
    <message>
        <source>The desk is busy with this; try again in a moment</source>
        <translation>系统正忙，请稍后再试</translation>
    </message>
    <message>
        <source>The server does not let this machine in</source>
        <translation>服务器不允许本机登录</translation>
    </message>
    <message>
        <source>This took too long and was stopped. Try again, or ask for less: narrow the time, or add a filter</source>
        <translation>耗时过长，已中止。请重试，或缩小范围：缩短时间段，或增加筛选条件</translation>
    </message>
    <message>
        <source>The server has reached a limit, and nothing was saved: a text is too large, or the server is overloaded. Try again in a moment, or shorten it</source>
        <translation>服务器达到了自身的上限，未保存任何内容：文本过大，或服务器负载过高。请稍后重试，或缩短文本</translation>
    </message>
    <message>
        <source>This machine does not trust the server: it could not prove that it belongs to this desk. If the desk&apos;s certificates were replaced, ask an administrator for a new code</source>
        <translation>本机不信任该服务器：它无法证明自己属于本服务台。如果服务台更换过证书，请向管理员索取新的代码</translation>
    </message>
    <message>
        <source>The server can&apos;t be reached</source>
        <translation>连接不上服务器</translation>
    </message>
    <message>
        <source>The desk&apos;s database reports a fault</source>
        <translation>数据库报告故障</translation>
    </message>
    <message>
        <source>No administrator&apos;s machine that can get in would be left</source>
        <translation>将不再有任何能登录的管理员机器</translation>
    </message>
    <message>
        <source>The desk does not know this code; copy it again, or ask for a new one</source>
        <translation>服务台不认识此代码；请重新复制，或索取新的</translation>
    </message>
    <message>
        <source>This code was used before; each serves once. Ask for a new one</source>
        <translation>此代码已用过，每个只能用一次。请索取新的</translation>
    </message>
    <message>
        <source>This code is no longer valid; ask for a new one</source>
        <translation>此代码已失效；请索取新的</translation>
    </message>
    <message>
        <source>This server does not belong to the desk that gave the code out. It was told nothing; check the address</source>
        <translation>此服务器不属于发出代码的服务台。未向它透露任何内容；请检查地址</translation>
    </message>
    <message>
        <source>The desk&apos;s server does not go by this name or address; name it as the code does</source>
        <translation>服务台的服务器不用此名称或地址；请使用代码中的名称</translation>
    </message>
    <message>
        <source>What answers at this address is no server that enrols machines</source>
        <translation>此地址上应答的不是可登记机器的服务器</translation>
    </message>
    <message>
        <source>This computer&apos;s clock and the server&apos;s are a day or more apart. Set the wrong one; the code is still good</source>
        <translation>本机时钟与服务器时钟相差一天或更多。请校正有误的一方；代码仍然有效</translation>
    </message>
    <message>
        <source>The desk took the code, but nothing there signs: its worker does not run. Later the same code goes on</source>
        <translation>服务台已接受代码，但没有进程签发证书：其后台进程未运行。稍后可用同一代码继续</translation>
    </message>
    <message>
        <source>The desk refused to sign; ask for a new code</source>
        <translation>服务台拒绝签发；请索取新的代码</translation>
    </message>
    <message>
        <source>This computer could not be enrolled</source>
        <translation>无法登记此计算机</translation>
    </message>
    <message>
        <source>The profile folder can&apos;t be made or written to</source>
        <translation>无法创建或写入配置文件夹</translation>
    </message>
    <message>
        <source>The profile folder belongs to another machine</source>
        <translation>配置文件夹属于另一台机器</translation>
    </message>
    <message>
        <source>The password of this machine&apos;s key can&apos;t be had: the system&apos;s key store is locked or has lost it</source>
        <translation>取不到本机密钥的密码：系统密钥库已锁定或已丢失该密码</translation>
    </message>
    <message>
        <source>The server takes no more connections just now; try again</source>
        <translation>服务器目前不再接受连接；请再试一次</translation>
    </message>
    <message>
        <source>The profile of this machine is missing or damaged</source>
        <translation>本机的配置文件缺失或已损坏</translation>
    </message>
    <message>
        <source>The desk refused this</source>
        <translation>操作被拒绝</translation>
    </message>
    <message>
        <source>SupportDesk made a mistake; what you typed is still there</source>
        <translation>程序出错，您输入的内容仍在</translation>
    </message>
    <message>
        <source>There is no code yet</source>
        <translation>尚无代码</translation>
    </message>
    <message>
        <source>This code is not complete; copy it again, as a whole</source>
        <translation>此代码不完整；请重新完整复制</translation>
    </message>
    <message>
        <source>This code has too many letters; copy it again</source>
        <translation>此代码字符过多；请重新复制</translation>
    </message>
    <message>
        <source>There are signs in it that no code has; copy it again</source>
        <translation>其中有代码不会包含的字符；请重新复制</translation>
    </message>
    <message>
        <source>The server in this code is no HOST:PORT</source>
        <translation>代码中的服务器不是“主机:端口”的形式</translation>
    </message>
    <message>
        <source>This code does not say where the server is</source>
        <translation>此代码未说明服务器在何处</translation>
    </message>
    <message>
        <source>this machine has been shut out</source>
        <translation>本机已被停用</translation>
    </message>
    <message>
        <source>another certificate has been issued for this machine since</source>
        <translation>本机已另发新证书</translation>
    </message>
    <message>
        <source>this machine&apos;s certificate has expired</source>
        <translation>本机证书已过期</translation>
    </message>
    <message>
        <source>this machine&apos;s private key can&apos;t be used</source>
        <translation>本机私钥不可用</translation>
    </message>
    <message>
        <source>this machine&apos;s certificate was not accepted</source>
        <translation>本机证书未被接受</translation>
    </message>
    <message>
        <source>this machine, or its database, is not known there</source>
        <translation>服务器上没有本机或其数据库</translation>
    </message>
    <message>
        <source>no secure connection could be made</source>
        <translation>无法建立安全连接</translation>
    </message>
    <message>
        <source>it takes machines with a certificate alone</source>
        <translation>服务器只接受持证书的机器</translation>
    </message>
    <message>
        <source>This client is too old for the desk. Please update it.</source>
        <translation>客户端版本过旧，请更新后再用。</translation>
    </message>
    <message>
        <source>This client is too new: the desk must be updated first.</source>
        <translation>客户端版本过新，请先升级服务器。</translation>
    </message>
    <message>
        <source>{sentence}: {reason}</source>
        <translation>{sentence}：{reason}</translation>
    </message>
</context>
<context>
    <name>EventColumns</name>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>知悉</translation>
    </message>
    <message>
        <source>alarm</source>
        <translation>警报</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>{time} at {machine}</source>
        <translation>{time}，在 {machine}</translation>
    </message>
</context>
<context>
    <name>FieldFrame</name>
    <message>
        <source>{label}, required</source>
        <translation>{label}，必填</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Any status</source>
        <translation>全部状态</translation>
    </message>
    <message>
        <source>Any product</source>
        <translation>全部产品</translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation>无人负责</translation>
    </message>
    <message>
        <source>Any assignee</source>
        <translation>全部处理人</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>产品</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Any customer</source>
        <translation>全部客户</translation>
    </message>
    <message>
        <source>Assignee</source>
        <translation>处理人</translation>
    </message>
    <message>
        <source>Due soon</source>
        <translation>即将到期</translation>
    </message>
    <message>
        <source>Due within three days</source>
        <translation>三天内到期</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Clear search and filters</source>
        <translation>清除搜索和筛选</translation>
    </message>
</context>
<context>
    <name>FirstStart</name>
    <message>
        <source>SupportDesk</source>
        <translation>SupportDesk</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>FormFoot</name>
    <message>
        <source>Discard</source>
        <translation>放弃修改</translation>
    </message>
    <message>
        <source>Save and new</source>
        <translation>保存并新建</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>Deletion taken back</source>
        <translation>已撤回删除</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>{field} changed</source>
        <translation>{field}已更改</translation>
    </message>
    <message>
        <source>{field}: {value}</source>
        <translation>{field}：{value}</translation>
    </message>
    <message>
        <source>No duplicate of another ticket any more</source>
        <translation>不再是其他工单的重复</translation>
    </message>
    <message>
        <source>Named as a duplicate of another ticket</source>
        <translation>标为另一工单的重复</translation>
    </message>
    <message>
        <source>Named as a duplicate of yet another ticket</source>
        <translation>改标为另外一张工单的重复</translation>
    </message>
    <message>
        <source>Reported</source>
        <translation>已登记</translation>
    </message>
    <message>
        <source>Status: {status}</source>
        <translation>状态：{status}</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>in</source>
        <translation>客户发起</translation>
    </message>
    <message>
        <source>out</source>
        <translation>我方发起</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>{head}: {text}</source>
        <translation>{head}：{text}</translation>
    </message>
    <message>
        <source>File: {name}</source>
        <translation>附件：{name}</translation>
    </message>
    <message>
        <source>A private comment, not for this machine</source>
        <translation>不公开的备注，本机不可查看</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Nothing happened yet. A comment is the beginning.</source>
        <translation>还没有记录，可先写一条备注。</translation>
    </message>
    <message>
        <source>Machine, proved by its certificate</source>
        <translation>机器，由证书证明</translation>
    </message>
    <message>
        <source>Person, as stated at that machine; department as it was then</source>
        <translation>人员由该机器声明；部门为当时所属</translation>
    </message>
    <message>
        <source>private</source>
        <translation>不公开</translation>
    </message>
</context>
<context>
    <name>LeaseNotices</name>
    <message>
        <source>Tell me when free</source>
        <translation>空闲时通知我</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>请求编辑</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>接管</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>继续编辑</translation>
    </message>
    <message>
        <source>Discard mine</source>
        <translation>放弃我的修改</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>移交</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>继续编辑</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>It is free now.</source>
        <translation>现已空闲。</translation>
    </message>
    <message>
        <source>{who} took this over at {time}.</source>
        <translation>{who} 于 {time} 接管了编辑。</translation>
    </message>
    <message>
        <source>Handed over to {who}.</source>
        <translation>已移交给 {who}。</translation>
    </message>
    <message>
        <source>{who} is editing this since {time}, last sign of life {seen}.</source>
        <translation>{who} 自 {time} 起正在编辑，最近活动 {seen}。</translation>
    </message>
    <message>
        <source>{who} is editing this since {time}.</source>
        <translation>{who} 自 {time} 起正在编辑。</translation>
    </message>
    <message>
        <source>Your changes are kept here, not saved yet.</source>
        <translation>您的修改保留在此，尚未保存。</translation>
    </message>
    <message>
        <source>Asked, not answered yet: you can take it over at once.</source>
        <translation>已请求，尚无答复：您可以立即接管。</translation>
    </message>
    <message>
        <source>Asked: without an answer by {time} you can take it over.</source>
        <translation>已请求：{time} 前若无答复，您可以接管。</translation>
    </message>
    <message>
        <source>No answer: you can take it over.</source>
        <translation>无答复：您可以接管。</translation>
    </message>
    <message>
        <source>Asked: they go on working (answered {time}).</source>
        <translation>已请求：对方仍在编辑（{time} 答复）。</translation>
    </message>
    <message>
        <source>Somebody else asked for it first.</source>
        <translation>已有他人先请求。</translation>
    </message>
    <message>
        <source>You will be told when it is free.</source>
        <translation>空闲时会通知您。</translation>
    </message>
    <message>
        <source>{who} asks for this. Without an answer by {time} they can take it over; what you typed is kept then.</source>
        <translation>{who} 请求编辑此记录。{time} 前若无答复，对方可以接管；您输入的内容会保留。</translation>
    </message>
    <message>
        <source>The desk has not confirmed for a while that this is still yours. Saving waits for it; your text is kept.</source>
        <translation>服务台已有一段时间未确认此记录仍由您编辑。确认后才能保存；您的内容会保留。</translation>
    </message>
    <message>
        <source>Another tab here has ended the edit: others may edit this now. Type on, and it is yours again.</source>
        <translation>此处的另一个标签页已结束编辑：现在其他人可以编辑。继续输入即可重新由您编辑。</translation>
    </message>
    <message>
        <source>Nothing was typed for {count} min: others may edit this now. Type on, and it is yours again.</source>
        <translation>已有 {count} 分钟没有输入：现在其他人可以编辑。继续输入即可重新编辑。</translation>
    </message>
    <message>
        <source>{who} asks for what you are editing: {title}</source>
        <translation>{who} 请求编辑您正在编辑的内容：{title}</translation>
    </message>
</context>
<context>
    <name>ListHeader</name>
    <message>
        <source>Reset columns</source>
        <translation>恢复默认列</translation>
    </message>
</context>
<context>
    <name>ListView</name>
    <message>
        <source>Columns of the list</source>
        <translation>列表的列</translation>
    </message>
    <message>
        <source>selected, {row}</source>
        <translation>已选中，{row}</translation>
    </message>
</context>
<context>
    <name>Listing</name>
    <message>
        <source>Not loaded: F5 tries again</source>
        <translation>未加载：按 F5 重试</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
</context>
<context>
    <name>Look</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>MachineColumns</name>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Certificate until</source>
        <translation>证书有效期至</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最近在线</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Who is stated to work there: {people}</source>
        <translation>登记在此机器上工作的人员：{people}</translation>
    </message>
    <message>
        <source>{who} is changing this since {time}</source>
        <translation>{who} 自 {time} 起正在修改</translation>
    </message>
    <message>
        <source>now</source>
        <translation>在线</translation>
    </message>
</context>
<context>
    <name>MachineForm</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>People</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Small letters, digits and hyphens; the computer&apos;s own name is a good one. It never changes: it stands in the audit of whatever is done there.</source>
        <translation>小写字母、数字和连字符；宜用计算机自身的名称。名称不再更改：在那里所做的一切，审计中都以此名称记录。</translation>
    </message>
    <message>
        <source>Who works there. With several, the client asks who sits there; nobody proves it. Who is not among them yet is made on the server: desk-server machine set NAME --person PERSON.</source>
        <translation>在那里工作的人员。若有多人，客户端会询问由谁使用；此为自报，未经证实。名单中没有的人员在服务器上添加：desk-server machine set NAME --person PERSON。</translation>
    </message>
    <message>
        <source>Where it stands, whose it is. Every machine may read it.</source>
        <translation>机器放在哪里、归谁使用。所有机器都能看到。</translation>
    </message>
    <message>
        <source>A letter or digit, then letters, digits or hyphens; no blank, no dot</source>
        <translation>以字母或数字开头，其后为字母、数字或连字符；不含空格和点</translation>
    </message>
</context>
<context>
    <name>MachineHead</name>
    <message>
        <source>New &amp;code</source>
        <translation>新代码(&amp;C)</translation>
    </message>
    <message>
        <source>Enrol a computer under this name, or enrol it anew: its earlier certificate ends then.</source>
        <translation>以此名称登记一台计算机，或重新登记：原有证书随之失效。</translation>
    </message>
    <message>
        <source>Open s&amp;essions</source>
        <translation>打开的会话(&amp;E)</translation>
    </message>
    <message>
        <source>Who is connected now; end a session.</source>
        <translation>查看当前有谁连接；可结束会话。</translation>
    </message>
    <message>
        <source>S&amp;ync</source>
        <translation>同步(&amp;Y)</translation>
    </message>
    <message>
        <source>Set its login in the database again as it stands here: after a restore, say.</source>
        <translation>按此处的内容重新设置它在数据库中的登录，例如在恢复备份之后。</translation>
    </message>
    <message>
        <source>Revo&amp;ke</source>
        <translation>撤销(&amp;K)</translation>
    </message>
    <message>
        <source>Let it in no more, and end what it has open, at once.</source>
        <translation>立即不再允许其登录，并结束其打开的会话。</translation>
    </message>
</context>
<context>
    <name>Machines</name>
    <message>
        <source>Machines</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>已撤销</translation>
    </message>
    <message>
        <source>read only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>full</source>
        <translation>完全</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>管理员</translation>
    </message>
    <message>
        <source>It is not let in.</source>
        <translation>不允许登录。</translation>
    </message>
    <message>
        <source>It finds and reads, and changes nothing.</source>
        <translation>可查找和阅读，不能修改任何内容。</translation>
    </message>
    <message>
        <source>It logs and changes tickets, customers and contacts.</source>
        <translation>可登记和修改工单、客户和联系人。</translation>
    </message>
    <message>
        <source>It changes what others may do, too: machines, choices, field rules.</source>
        <translation>还可更改他人的权限：机器、选项和字段规则。</translation>
    </message>
    <message>
        <source>code until {time}</source>
        <translation>代码有效至 {time}</translation>
    </message>
    <message>
        <source>not enrolled</source>
        <translation>未登记</translation>
    </message>
    <message>
        <source>{day}, ended</source>
        <translation>{day}，已过期</translation>
    </message>
    <message>
        <source>{day}, in {days} d</source>
        <translation>{day}，剩 {days} 天</translation>
    </message>
    <message>
        <source>It is not let in. Give it a level, then make a new code.</source>
        <translation>不允许登录。请先给予权限，再生成新代码。</translation>
    </message>
    <message>
        <source>A one-time code was given out and has not been used yet.</source>
        <translation>已发出一次性代码，尚未使用。</translation>
    </message>
    <message>
        <source>No computer has been enrolled under this name. Make a new code for it.</source>
        <translation>尚无计算机以此名称登记。请为其生成新代码。</translation>
    </message>
    <message>
        <source>Its certificate renews itself before it ends.</source>
        <translation>证书到期前会自动续期。</translation>
    </message>
    <message>
        <source>It should have renewed itself by now: was it switched off? Start its client before the end.</source>
        <translation>证书本应已续期：是否一直关机？请在到期前启动该机器的客户端。</translation>
    </message>
    <message>
        <source>It is not let in any more. Make a new code for it.</source>
        <translation>已不允许其登录。请为其生成新代码。</translation>
    </message>
    <message>
        <source>Saved: machine {name}</source>
        <translation>已保存：机器 {name}</translation>
    </message>
    <message>
        <source>Enrol {name} anew?</source>
        <translation>重新登记 {name}？</translation>
    </message>
    <message>
        <source>A computer is enrolled as {name}. It works on until the new code is used; then its certificate is refused and what it has open ends.</source>
        <translation>已有一台计算机登记为 {name}。在新代码使用之前它可继续工作；之后其证书将被拒绝，打开的会话随之结束。</translation>
    </message>
    <message>
        <source>This is the machine that you sit at.</source>
        <translation>这是您正在使用的机器。</translation>
    </message>
    <message>
        <source>Make a code</source>
        <translation>生成代码</translation>
    </message>
    <message>
        <source>Revoke {name}?</source>
        <translation>撤销 {name}？</translation>
    </message>
    <message>
        <source>It is let in no more, its open sessions end at once, and what was typed there and not saved stays only on that computer. Its history and its name stay. With a level again it comes back by a new code alone: its certificate is good no more.</source>
        <translation>它不再能登录，打开的会话立即结束，在那里输入而未保存的内容只留在那台计算机上。其历史和名称保留。重新授予权限后，它只能凭新的代码回来：原来的证书不再有效。</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Make {name} “{level}”?</source>
        <translation>将 {name} 改为“{level}”？</translation>
    </message>
    <message>
        <source>{meaning} Its open sessions end at once and begin anew.</source>
        <translation>{meaning}其打开的会话立即结束并重新开始。</translation>
    </message>
    <message>
        <source>Change the level</source>
        <translation>更改权限</translation>
    </message>
    <message>
        <source>This is the machine that you sit at: you can&apos;t undo this from here.</source>
        <translation>这是您正在使用的机器：更改之后无法在此撤回。</translation>
    </message>
    <message>
        <source>Sessions of {machine} ended: {count}</source>
        <translation>已结束 {machine} 的会话：{count}</translation>
    </message>
    <message>
        <source>Search name, people, note, address</source>
        <translation>搜索名称、人员、备注、地址</translation>
    </message>
    <message>
        <source>Search machines</source>
        <translation>搜索机器</translation>
    </message>
    <message>
        <source>Any level</source>
        <translation>任何权限</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>&amp;New machine</source>
        <translation>新机器(&amp;N)</translation>
    </message>
    <message>
        <source>No machine fits. Clear the search, or make a new machine.</source>
        <translation>没有符合的机器。请清除搜索，或新建机器。</translation>
    </message>
    <message>
        <source>Machines: {count}</source>
        <translation>机器：{count}</translation>
    </message>
    <message>
        <source>Security events</source>
        <translation>安全事件</translation>
    </message>
    <message>
        <source>Machines and security events</source>
        <translation>机器和安全事件</translation>
    </message>
    <message>
        <source>New machine</source>
        <translation>新机器</translation>
    </message>
    <message>
        <source>Once it is saved, there is a one-time code to enrol it with.</source>
        <translation>保存之后会得到用于登记的一次性代码。</translation>
    </message>
    <message>
        <source>{level}  ·  certificate: {certificate}  ·  {help}</source>
        <translation>{level}  ·  证书：{certificate}  ·  {help}</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>机器</translation>
    </message>
    <message>
        <source>Revoked: machine {name}</source>
        <translation>已撤销：机器 {name}</translation>
    </message>
    <message>
        <source>Login set again: machine {name}</source>
        <translation>已重新设置登录：机器 {name}</translation>
    </message>
    <message>
        <source>Machine {name}: {reason}</source>
        <translation>机器 {name}：{reason}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>About SupportDesk</source>
        <translation>关于 SupportDesk</translation>
    </message>
    <message>
        <source>SupportDesk {version}. The machine is the login.</source>
        <translation>SupportDesk {version}。以本机证书登录，无需密码。</translation>
    </message>
    <message>
        <source>SupportDesk</source>
        <translation>SupportDesk</translation>
    </message>
    <message>
        <source>Menus</source>
        <translation>菜单栏</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>状态栏</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
</context>
<context>
    <name>Merge</name>
    <message>
        <source>Changed here and elsewhere</source>
        <translation>此处与别处都作了修改</translation>
    </message>
    <message>
        <source>Changed here and on {who}</source>
        <translation>此处与 {who} 都作了修改</translation>
    </message>
    <message>
        <source>Both sides changed the same. Choose what is saved; without a choice yours stays.</source>
        <translation>双方改了同样的字段。请选择保存哪一个；不选则保留您的。</translation>
    </message>
    <message>
        <source>Also taken from there, not changed here: {fields}</source>
        <translation>另外采用对方已改而此处未改的：{fields}</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Add my comment only</source>
        <translation>只添加我的备注</translation>
    </message>
    <message>
        <source>The comment is added, the fields stay as theirs</source>
        <translation>添加备注，各字段保持对方的内容</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>What you typed stays in the form, not saved</source>
        <translation>您输入的内容留在表单中，不保存</translation>
    </message>
    <message>
        <source>Mine</source>
        <translation>我的</translation>
    </message>
    <message>
        <source>Theirs</source>
        <translation>对方的</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>Unsaved changes</source>
        <translation>有未保存的修改</translation>
    </message>
    <message>
        <source>Save the changes to {title}?</source>
        <translation>是否保存对“{title}”的修改？</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃修改</translation>
    </message>
    <message>
        <source>Go on editing</source>
        <translation>继续编辑</translation>
    </message>
</context>
<context>
    <name>MultiField</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>MultiPick</name>
    <message>
        <source>Type to find</source>
        <translation>输入以查找</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{first} and {n} more</source>
        <translation>{first} 及另外 {n} 项</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Saving</source>
        <translation>正在保存</translation>
    </message>
    <message>
        <source>Waiting for the desk to confirm that this is yours</source>
        <translation>等待服务台确认由您编辑</translation>
    </message>
    <message>
        <source>Reading only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Not saved yet · yours until you save</source>
        <translation>尚未保存 · 保存前由您独占</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>尚未保存</translation>
    </message>
</context>
<context>
    <name>PersonDialog</name>
    <message>
        <source>SupportDesk</source>
        <translation>SupportDesk</translation>
    </message>
    <message>
        <source>Who is sitting here?</source>
        <translation>现在是谁在使用？</translation>
    </message>
    <message>
        <source>Several people work on {machine}. Your name goes with what you save.</source>
        <translation>{machine} 由多人共用，保存时会记下您的姓名。</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>Privacy</name>
    <message>
        <source>Contact</source>
        <translation>联系人</translation>
    </message>
    <message>
        <source>Customer</source>
        <translation>客户</translation>
    </message>
    <message>
        <source>Ticket</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>{entity}: {field}</source>
        <translation>{entity}：{field}</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>私密</translation>
    </message>
    <message>
        <source>{field}, private</source>
        <translation>{field}，私密</translation>
    </message>
    <message>
        <source>Kept from machines that only read.</source>
        <translation>只读机器看不到。</translation>
    </message>
    <message>
        <source>Every machine reads and finds it.</source>
        <translation>所有机器都能看到并搜索到。</translation>
    </message>
    <message>
        <source>{field} is private now</source>
        <translation>{field} 现已私密</translation>
    </message>
    <message>
        <source>{field} is open to every machine now</source>
        <translation>{field} 现已对所有机器公开</translation>
    </message>
    <message>
        <source>Make “{field}” private?</source>
        <translation>将“{field}”设为私密？</translation>
    </message>
    <message>
        <source>Machines that only read will see it no more, at once: neither in forms and lists nor by search, export or SQL. What they have seen or exported before stays with them. Machines that write go on seeing it.</source>
        <translation>只读机器将立即看不到它：表单、列表、搜索、导出和 SQL 中都看不到。它们以前看过或导出的内容无法收回。可写机器仍能看到。</translation>
    </message>
    <message>
        <source>Make private</source>
        <translation>设为私密</translation>
    </message>
    <message>
        <source>Make “{field}” open?</source>
        <translation>将“{field}”设为公开？</translation>
    </message>
    <message>
        <source>Every machine will read it, those of project managers, sales and testers too, and find rows by it. That can be taken back, but not what they have read by then.</source>
        <translation>所有机器都能看到它，包括项目经理、销售和测试人员的机器，并能据此搜索。此设置可以改回，但他们已看到的内容无法收回。</translation>
    </message>
    <message>
        <source>Make open</source>
        <translation>设为公开</translation>
    </message>
    <message>
        <source>Search entries follow: {number} rows to go.</source>
        <translation>正在调整搜索条目：还剩 {number} 行。</translation>
    </message>
    <message>
        <source>Stop for now</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Search entries of {number} rows have still to follow. Until then they may not be found; nobody finds what is not for them.</source>
        <translation>还有 {number} 行的搜索条目待调整。在此之前可能搜索不到；但任何人都搜索不到无权查看的内容。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Another administrator changed this field meanwhile. This is how it stands now.</source>
        <translation>另一位管理员已更改此字段。以下为当前状态。</translation>
    </message>
    <message>
        <source>Private fields</source>
        <translation>私密字段</translation>
    </message>
    <message>
        <source>What is private is read by machines that write, and kept from machines that only read: by the database itself, whatever program asks. Which fields can be private is laid down by SupportDesk; whether they are, is decided here. Single comments are made private where they are written.</source>
        <translation>私密的内容，可写机器能看到，只读机器看不到：由数据库自身保证，无论使用何种程序。哪些字段可以私密由 SupportDesk 规定；是否私密在此决定。单条备注在撰写时设为私密。</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>Renewal</name>
    <message>
        <source>This machine&apos;s certificate ends on {date} and could not be renewed so far. Tell an administrator before then.</source>
        <translation>本机证书将于 {date} 到期，至今未能续期。请在此之前告知管理员。</translation>
    </message>
</context>
<context>
    <name>SecurityEvents</name>
    <message>
        <source>Security events</source>
        <translation>安全事件</translation>
    </message>
    <message>
        <source>One-time code given out</source>
        <translation>已发出一次性代码</translation>
    </message>
    <message>
        <source>Enrolled</source>
        <translation>已登记</translation>
    </message>
    <message>
        <source>Certificate renewed</source>
        <translation>证书已续期</translation>
    </message>
    <message>
        <source>Sessions ended</source>
        <translation>会话已结束</translation>
    </message>
    <message>
        <source>Old certificate used</source>
        <translation>使用了旧证书</translation>
    </message>
    <message>
        <source>Login refused</source>
        <translation>登录被拒绝</translation>
    </message>
    <message>
        <source>Runaway session ended</source>
        <translation>失控会话已结束</translation>
    </message>
    <message>
        <source>An administrator let a computer enrol as {machine}, once and for a short time.</source>
        <translation>管理员允许一台计算机在短时间内登记为 {machine}，仅限一次。</translation>
    </message>
    <message>
        <source>A computer was enrolled as {machine}. Earlier certificates of that name do not count any more.</source>
        <translation>一台计算机已登记为 {machine}。该名称以前的证书不再有效。</translation>
    </message>
    <message>
        <source>{machine} renewed its certificate, as it does by itself.</source>
        <translation>{machine} 已自动续期证书。</translation>
    </message>
    <message>
        <source>Open sessions of {machine} were ended.</source>
        <translation>{machine} 打开的会话已被结束。</translation>
    </message>
    <message>
        <source>Somebody at {address} tried to get in as {machine} with a replaced certificate, and was refused.</source>
        <translation>有人在 {address} 用已被替换的证书试图以 {machine} 登录，已被拒绝。</translation>
    </message>
    <message>
        <source>Somebody at {address} showed the certificate of {machine}, and did not get in: the machine is shut out, or the login was not one of our programs&apos;.</source>
        <translation>有人在 {address} 出示了 {machine} 的证书，但未能登录：该机器已被禁止访问，或者登录并非来自本系统的程序。</translation>
    </message>
    <message>
        <source>The server ended a session of {machine} that ran too long or held others up.</source>
        <translation>服务器结束了 {machine} 的一个会话：运行过久或妨碍他人。</translation>
    </message>
    <message>
        <source>Either that computer was set back to an older state, or its key was copied. Find out which computer it was; if nobody can say, make a new code for {machine} and enrol it anew.</source>
        <translation>或者那台计算机被还原到较早的状态，或者其密钥被复制。请查明是哪台计算机；若无法查明，请为 {machine} 生成新代码并重新登记。</translation>
    </message>
    <message>
        <source>Find out which computer that was. If it is not {machine} itself, its key was copied: make a new code for it and enrol it anew, or leave it shut out.</source>
        <translation>请查明是哪台计算机。若不是 {machine} 本身，则其密钥已被复制：请为其生成新代码并重新登记，或继续禁止其访问。</translation>
    </message>
    <message>
        <source>Ask who works at {machine} what they ran there. If nobody knows, end its sessions or revoke it.</source>
        <translation>请询问 {machine} 的使用者运行了什么。若无人知晓，请结束其会话或将其撤销。</translation>
    </message>
    <message>
        <source>serial</source>
        <translation>序列号</translation>
    </message>
    <message>
        <source>good until</source>
        <translation>有效期至</translation>
    </message>
    <message>
        <source>sessions</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>addresses</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{name}: {value}</source>
        <translation>{name}：{value}</translation>
    </message>
    <message>
        <source>an unknown address</source>
        <translation>未知地址</translation>
    </message>
    <message>
        <source>a machine</source>
        <translation>某台机器</translation>
    </message>
    <message>
        <source>Security events: {count}</source>
        <translation>安全事件：{count}</translation>
    </message>
    <message>
        <source>Search machine, address, details</source>
        <translation>搜索机器、地址、详情</translation>
    </message>
    <message>
        <source>Search security events</source>
        <translation>搜索安全事件</translation>
    </message>
    <message>
        <source>Only alarms that nobody has seen</source>
        <translation>只看尚未知悉的警报</translation>
    </message>
    <message>
        <source>&amp;Seen</source>
        <translation>已知悉(&amp;S)</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>已知悉</translation>
    </message>
    <message>
        <source>Somebody has taken note: no administrator is asked any more.</source>
        <translation>已有人知悉：不再提示管理员。</translation>
    </message>
    <message>
        <source>Nothing here: no such event is known.</source>
        <translation>没有此类事件。</translation>
    </message>
</context>
<context>
    <name>Sessions</name>
    <message>
        <source>Open connections of {machine}</source>
        <translation>{machine} 的连接</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Does</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>End this connection</source>
        <translation>断开此连接</translation>
    </message>
    <message>
        <source>This is the machine you sit at. The connections are its windows&apos;, two or three each; the one that you look through is not ended from here.</source>
        <translation>这是您正在使用的机器。这些是它的窗口的连接，每个窗口两三个；您当前使用的连接不能从这里断开。</translation>
    </message>
    <message>
        <source>A window has two or three connections. One that is ended loses what it had not saved yet; its window connects again at once. To keep the machine out, revoke it.</source>
        <translation>一个窗口有两三个连接。被断开的连接会丢失尚未保存的内容；其窗口会立即重新连接。要禁止该机器登录，请将其撤销。</translation>
    </message>
    <message>
        <source>End all</source>
        <translation>全部结束</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Nobody is connected.</source>
        <translation>没有连接。</translation>
    </message>
    <message>
        <source>works</source>
        <translation>工作中</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>holds a transaction open</source>
        <translation>事务未结束</translation>
    </message>
    <message>
        <source>holds a failed transaction open</source>
        <translation>失败的事务未结束</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Enrol anew</source>
        <translation>重新登记</translation>
    </message>
    <message>
        <source>With a one-time code from an administrator</source>
        <translation>使用管理员给的一次性代码</translation>
    </message>
    <message>
        <source>Connecting to the desk</source>
        <translation>正在连接服务器</translation>
    </message>
    <message>
        <source>This takes a moment.</source>
        <translation>请稍候。</translation>
    </message>
    <message>
        <source>The desk can&apos;t be opened</source>
        <translation>无法进入系统</translation>
    </message>
</context>
<context>
    <name>StatusBadge</name>
    <message>
        <source>Connection</source>
        <translation>连接状态</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>live</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>not let in</source>
        <translation>未获准连接</translation>
    </message>
    <message>
        <source>stale since {time}</source>
        <translation>{time} 起未更新</translation>
    </message>
    <message>
        <source>reconnecting</source>
        <translation>正在重连</translation>
    </message>
    <message>
        <source>read only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>full</source>
        <translation>读写</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>管理员</translation>
    </message>
    <message>
        <source>The desk answers, and what others change shows at once. This machine is its own login.</source>
        <translation>服务器有响应，他人的更改会立即显示。本机即登录身份。</translation>
    </message>
    <message>
        <source>The desk is being asked.</source>
        <translation>正在询问服务器。</translation>
    </message>
    <message>
        <source>What is shown is as of {time}; later changes of others are not in it. What you type stays, and all goes on by itself once the desk answers.</source>
        <translation>所显示的内容截至 {time}，不含他人此后的更改。您输入的内容会保留；服务器恢复响应后，一切自动继续。</translation>
    </message>
    <message>
        <source>The desk does not let this machine in; what is shown may be old.</source>
        <translation>服务器不允许本机连接，所显示的内容可能不是最新。</translation>
    </message>
</context>
<context>
    <name>SwitchField</name>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
</context>
<context>
    <name>TicketForm</name>
    <message>
        <source>Ticket form</source>
        <translation>工单表单</translation>
    </message>
    <message>
        <source>Solution</source>
        <translation>解决情况</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>后续安排</translation>
    </message>
    <message>
        <source>Say who it waits for</source>
        <translation>请说明在等谁</translation>
    </message>
    <message>
        <source>This lies in the future</source>
        <translation>时间不能晚于现在</translation>
    </message>
    <message>
        <source>Needed to resolve a problem</source>
        <translation>解决故障时必填</translation>
    </message>
    <message>
        <source>Needed to resolve</source>
        <translation>解决时必填</translation>
    </message>
    <message>
        <source>Needed to mark a duplicate</source>
        <translation>标记重复时必填</translation>
    </message>
    <message>
        <source>Needed while it is open</source>
        <translation>处理中时必填</translation>
    </message>
    <message>
        <source>Needed in this status</source>
        <translation>此状态下必填</translation>
    </message>
</context>
<context>
    <name>TicketListView</name>
    <message>
        <source>Tickets</source>
        <translation>工单列表</translation>
    </message>
</context>
<context>
    <name>TicketPane</name>
    <message>
        <source>Saved: ticket {number}</source>
        <translation>已保存：工单 {number}</translation>
    </message>
    <message>
        <source>Comment added</source>
        <translation>备注已添加</translation>
    </message>
    <message>
        <source>New ticket</source>
        <translation>新建工单</translation>
    </message>
    <message>
        <source>Ticket</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Take it</source>
        <translation>我来处理</translation>
    </message>
    <message>
        <source>Assign it to me and open it (Ctrl+Shift+T)</source>
        <translation>指派给我并开始处理（Ctrl+Shift+T）</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指派</translation>
    </message>
    <message>
        <source>Hand it to somebody (Ctrl+Shift+A)</source>
        <translation>交给他人处理（Ctrl+Shift+A）</translation>
    </message>
    <message>
        <source>Change the status (Ctrl+Shift+S), resolve (Ctrl+R)</source>
        <translation>更改状态（Ctrl+Shift+S），解决（Ctrl+R）</translation>
    </message>
    <message>
        <source>Save, then the next ticket of this customer ({key})</source>
        <translation>保存后继续登记该客户的下一张工单（{key}）</translation>
    </message>
</context>
<context>
    <name>TicketsPage</name>
    <message>
        <source>No ticket fits. Clear a filter, or search other words.</source>
        <translation>没有符合条件的工单。可清除筛选，或换个词搜索。</translation>
    </message>
    <message>
        <source>{count} ticket</source>
        <translation>{count} 张工单</translation>
    </message>
    <message>
        <source>{count} tickets</source>
        <translation>{count} 张工单</translation>
    </message>
    <message>
        <source>more than {count} tickets</source>
        <translation>超过 {count} 张工单</translation>
    </message>
    <message>
        <source>row {row}</source>
        <translation>第 {row} 行</translation>
    </message>
    <message>
        <source>{count} selected</source>
        <translation>已选 {count} 条</translation>
    </message>
    <message>
        <source>Tickets</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>At most {count} rows can be selected at once</source>
        <translation>一次最多可选 {count} 行</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Search and state</source>
        <translation>搜索与状态</translation>
    </message>
    <message>
        <source>SupportDesk</source>
        <translation>SupportDesk</translation>
    </message>
    <message>
        <source>Search subject, text, number, serial</source>
        <translation>搜索主题、内容、编号、序列号</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Ctrl+F. A number and Enter opens that ticket.</source>
        <translation>Ctrl+F。输入编号后回车可直接打开工单。</translation>
    </message>
    <message>
        <source>New ticket</source>
        <translation>新建工单</translation>
    </message>
</context>
<context>
    <name>Transition</name>
    <message>
        <source>Comment, if there is more to say</source>
        <translation>备注（选填）</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指派</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Go on working</source>
        <translation>继续处理</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>开始处理</translation>
    </message>
    <message>
        <source>Wait for the customer</source>
        <translation>等待客户</translation>
    </message>
    <message>
        <source>Wait for us</source>
        <translation>等待内部</translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation>解决</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel the ticket</source>
        <translation>取消工单</translation>
    </message>
    <message>
        <source>Mark as duplicate</source>
        <translation>标记为重复</translation>
    </message>
    <message>
        <source>The status stays: {status} is an end</source>
        <translation>“{status}”是最终状态，不能再更改</translation>
    </message>
    <message>
        <source>This ticket is {status} already</source>
        <translation>此工单的状态已经是“{status}”</translation>
    </message>
    <message>
        <source>A new ticket can&apos;t become {wanted}: take or assign it first</source>
        <translation>新工单不能直接变为“{wanted}”：请先“我来处理”或指派</translation>
    </message>
    <message>
        <source>A ticket that is {status} can&apos;t become {wanted}</source>
        <translation>状态为“{status}”的工单不能变为“{wanted}”</translation>
    </message>
    <message>
        <source>This ticket is yours already</source>
        <translation>此工单已由您处理</translation>
    </message>
    <message>
        <source>Save the new ticket first</source>
        <translation>请先保存新工单</translation>
    </message>
</context>
<context>
    <name>TypeAhead</name>
    <message>
        <source>Suggestions</source>
        <translation>候选项</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>Done just now</source>
        <translation>刚刚完成</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>Views</name>
    <message>
        <source>My open</source>
        <translation>我的未结</translation>
    </message>
    <message>
        <source>Tickets that are assigned to you and not finished would be here.</source>
        <translation>指派给您且尚未完结的工单会显示在这里。</translation>
    </message>
    <message>
        <source>Nobody&apos;s</source>
        <translation>无人负责</translation>
    </message>
    <message>
        <source>Tickets that nobody has taken yet would be here.</source>
        <translation>还没有人接手的工单会显示在这里。</translation>
    </message>
    <message>
        <source>Waiting for customer</source>
        <translation>等待客户</translation>
    </message>
    <message>
        <source>Tickets that wait for an answer of the customer would be here.</source>
        <translation>等待客户答复的工单会显示在这里。</translation>
    </message>
    <message>
        <source>Waiting for us</source>
        <translation>等待内部</translation>
    </message>
    <message>
        <source>Tickets that wait for a colleague or another department would be here.</source>
        <translation>等待同事或其他部门的工单会显示在这里。</translation>
    </message>
    <message>
        <source>Due soon</source>
        <translation>即将到期</translation>
    </message>
    <message>
        <source>Tickets that are overdue or due within three days would be here.</source>
        <translation>已逾期或三天内到期的工单会显示在这里。</translation>
    </message>
    <message>
        <source>All tickets</source>
        <translation>全部工单</translation>
    </message>
    <message>
        <source>Every ticket would be here. There is none yet.</source>
        <translation>所有工单都会显示在这里，目前还没有。</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Desk</source>
        <translation>工作台</translation>
    </message>
    <message>
        <source>Open tickets</source>
        <translation>已打开的工单</translation>
    </message>
    <message>
        <source>Tabs</source>
        <translation>标签页</translation>
    </message>
    <message>
        <source>Tickets</source>
        <translation>工单</translation>
    </message>
    <message>
        <source>Tabs to the left</source>
        <translation>左侧标签页</translation>
    </message>
    <message>
        <source>Tabs to the right</source>
        <translation>右侧标签页</translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation>关闭标签页</translation>
    </message>
    <message>
        <source>The server can&apos;t be reached</source>
        <translation>连接不上服务器</translation>
    </message>
    <message>
        <source>What you have typed can&apos;t be saved now. It can be kept on this computer as drafts; they are offered when SupportDesk is started again.</source>
        <translation>您输入的内容现在无法保存。可以作为草稿保留在这台电脑上，下次启动 SupportDesk 时会再次提供。</translation>
    </message>
    <message>
        <source>Nothing can be saved here any more</source>
        <translation>这里已无法保存</translation>
    </message>
    <message>
        <source>What you, this machine or this client may do was changed. What you have typed can be kept on this computer as drafts; they are offered once you may save here again.</source>
        <translation>您、这台电脑或此客户端的权限已更改。您输入的内容可以作为草稿保留在这台电脑上；待这里可以再次保存时会再次提供。</translation>
    </message>
    <message>
        <source>Keep and close</source>
        <translation>保留并关闭</translation>
    </message>
</context>
</TS>

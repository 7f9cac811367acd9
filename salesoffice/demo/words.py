"""What customers and reps of the demonstration say."""

from salesoffice.dailylog.enums import OpinionKind

WANTS = (
    "三室，南向，中高楼层",
    "四室两卫，改善",
    "小户型投资",
    "总价 350 万以内",
    "靠近学校",
    "首付三成以内",
)
OBJECTIONS = ("", "", "觉得单价偏高", "担心交付时间", "嫌楼层低", "公摊偏大", "停车位不足", "再比较附近项目")

OPINIONS = (
    (OpinionKind.REP, "周末到访多为改善客户，四室关注度高，建议加推高楼层。"),
    (OpinionKind.REP, "回访客户对 98 折反应积极，建议延长一周。"),
    (OpinionKind.REP, "老带新成交明显，建议提高老业主奖励。"),
    (OpinionKind.LIKED, "户型方正、采光好。"),
    (OpinionKind.LIKED, "样板间和园林效果认可度高。"),
    (OpinionKind.OBJECTED, "客户认为公寓单价与周边相比偏高。"),
    (OpinionKind.OBJECTED, "对交付时间有顾虑。"),
    (OpinionKind.ASKED, "学区划分何时公布？"),
    (OpinionKind.ASKED, "公积金贷款办理需要哪些资料？"),
    (OpinionKind.COMPETITOR, "附近项目推出首付分期，带走部分首次置业客户。"),
)
"""Kind and text of what may be said on a day."""

WEATHER = ("晴 24℃", "多云 22℃", "阴 19℃", "小雨 18℃")
PLANS = (
    "跟进昨日到访未定客户；补齐两份按揭资料。",
    "通知本周到期签约客户；整理备案资料。",
    "周末活动物料到场清点；培训新折扣口径。",
)
